import { readdirSync } from 'node:fs'
import { createHierarchy } from '@girok/sdk'
import { jsonFormatter } from '@girok/sdk/formatters'
import { expect, test } from 'vitest'
import { workloads } from './index.ts'

/** What each workload must have logged after 400 steps; there may be more. */
const MESSAGES: Readonly<Record<string, string[]>> = {
  'ad-server': [
    'Campaign created',
    'Ad request received',
    'Bid response sent',
    'Ad selected',
    'Ad impression',
    'Ad click',
    'Conversion tracked',
    'Campaign performance update',
  ],
  'api-server': ['api_response', 'inference_request', 'inference_response', 'inference_failure'],
  'training-job': [
    'training_epoch_start',
    'training_step',
    'training_validation',
    'training_epoch_end',
    'gradient_overflow',
    'gpu_metrics',
  ],
}

test('the table lists every workload of the folder', () => {
  const other = ['first-log.ts', 'gpus.ts', 'index.ts', 'machines.ts', 'main.ts', 'workload.ts']
  const files = readdirSync(import.meta.dirname).filter(
    (name) => !other.includes(name) && !/meters\.ts$|\.test\.ts$/.test(name),
  )
  expect(files.map((name) => name.replace('.ts', '')).sort()).toEqual(workloads.map(({ name }) => name).sort())
})

test.for(workloads)('$name: 400 steps, every logger has labels, every record its fields', async (workload) => {
  const lines: Record<string, unknown>[] = []
  const formatter = jsonFormatter()
  let time = Date.UTC(2026, 0, 5)
  const hierarchy = createHierarchy({ now: () => time })
  hierarchy.root.setLevel('INFO').addHandler({
    name: 'test',
    level: 0,
    handle: (record) => void lines.push(JSON.parse(formatter.format(record))),
  })
  let seed = 11
  const run = workload.open({
    hierarchy,
    random() {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed / 2_147_483_648
    },
    now: () => time,
    async sleep(ms) {
      time += ms
    },
  })
  for (let step = 0; step < 400; step++) await run.step()
  await run.close()
  expect(lines.length).toBeGreaterThanOrEqual(400)
  for (const { logger } of lines) expect(Object.keys(workload.labels)).toContain(String(logger).split('.')[0])
  const messages = new Set(lines.map(({ message }) => message))
  expect([...messages]).toEqual(expect.arrayContaining(MESSAGES[workload.name] ?? []))
  // Logged with a reason: errors and warnings are part of a program's life.
  expect(new Set(lines.map(({ level }) => level)).size).toBeGreaterThan(1)
})

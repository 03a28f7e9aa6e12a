import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'valibot'
import { expect, test, vi } from 'vitest'
import { gpu } from './gpu.ts'
import { gatheringContext } from './testing/context.ts'
import { script, testFolder } from './testing/script.ts'

const CARD = '0, GPU-4f1a, 14336, 31744, 78.5, 65, 280.5, 575.00, 41, 2400, 14001, 30, NVIDIA GeForce RTX 5090'

function open(options: object, context = gatheringContext()) {
  const input = gpu.open(parse(gpu.options, { interval: '1s', ...options }), context)
  input.start()
  return { input, context }
}

test('a card is measured in base units, with its number, its identity and its name', async () => {
  const folder = testFolder()
  const asked = join(folder, 'asked')
  const command = script(`echo "$@" > ${asked}\necho "${CARD}"`, folder)
  const { input, context } = open({ command })
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1), 5000)
  await input.stop()
  expect(readFileSync(asked, 'utf8').trim()).toBe(
    '--query-gpu=index,uuid,memory.used,memory.total,utilization.gpu,temperature.gpu,power.draw,power.limit,fan.speed,' +
      'clocks.sm,clocks.mem,utilization.memory,name --format=csv,noheader,nounits',
  )
  const card = '{gpu_id="0",gpu_name="NVIDIA GeForce RTX 5090",gpu_uuid="GPU-4f1a"}'
  expect([...context.series('job', 'instance')]).toEqual([
    [`gpu_clock_memory_hertz${card}`, 14_001e6],
    [`gpu_clock_sm_hertz${card}`, 2400e6],
    [`gpu_fan_speed_percent${card}`, 41],
    [`gpu_memory_total_bytes${card}`, 31744 * 2 ** 20],
    [`gpu_memory_used_bytes${card}`, 14336 * 2 ** 20],
    [`gpu_memory_used_percent${card}`, 45.2],
    [`gpu_memory_utilization_percent${card}`, 30],
    [`gpu_power_limit_watts${card}`, 575],
    [`gpu_power_watts${card}`, 280.5],
    [`gpu_temperature_celsius${card}`, 65],
    [`gpu_utilization_percent${card}`, 78.5],
  ])
  expect(input.status()).toMatchObject([{ name: 'gpu', state: 'active', count: 11 }])
  expect(context.written).toEqual([])
})

test('what a card does not tell is left out; a card that is gone ends its series', async () => {
  const folder = testFolder()
  const second =
    '1, [Unknown Error], 100, 200, [N/A], [Not Supported], ERR!, [N/A], [N/A], [N/A], [N/A], [N/A], Tesla, old'
  const command = script(`echo "${CARD}"\necho "${second}"`, folder)
  const { input, context } = open({ command })
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1), 5000)
  const old = [...context.series('job', 'instance').keys()].filter((name) => name.includes('gpu_id="1"'))
  expect(old).toEqual([
    'gpu_memory_total_bytes{gpu_id="1",gpu_name="Tesla, old"}',
    'gpu_memory_used_bytes{gpu_id="1",gpu_name="Tesla, old"}',
    'gpu_memory_used_percent{gpu_id="1",gpu_name="Tesla, old"}',
  ])
  script(`echo "${CARD}"`, folder)
  await vi.waitFor(() => expect(context.rounds.at(-1)?.some(({ stale }) => stale)).toBe(true), 5000)
  await input.stop()
  expect(context.rounds.at(-1)?.filter(({ stale }) => stale)).toHaveLength(3)
})

test('with lines, each reading is a line as the SDK writes it, with the labels that dashboards choose by', async () => {
  const context = gatheringContext({ labels: new Map([['service', 'mlops']]), now: () => 1_766_232_000_123 })
  const { input } = open({ command: script(`echo "${CARD}"`), lines: true }, context)
  await vi.waitFor(() => expect(context.written.length).toBeGreaterThan(0), 5000)
  await input.stop()
  const line = context.written[0]?.lines[0]
  expect(line?.text).toBe(
    '{"timestamp":"2025-12-20T12:00:00Z","level":"INFO","logger":"system.gpu_monitor","message":"gpu_metrics","gpu_id":0,' +
      '"gpu_memory_used":14336,"gpu_memory_total":31744,"gpu_memory_percent":45.2,"gpu_utilization":78.5,' +
      '"temperature":65,"power_watts":280.5,"gpu_name":"NVIDIA GeForce RTX 5090"}',
  )
  expect(Object.fromEntries(line?.labels ?? [])).toEqual({
    job: 'system',
    level: 'INFO',
    gpu_id: '0',
    service: 'mlops',
  })
  expect(line?.timeNs).toBe(1_766_232_000_123_000_000n)
})

const FAULTS: readonly (readonly [string, { script?: string; command?: string; timeout?: string }, string, RegExp])[] =
  [
    ['a program that is not there', { command: '/nowhere/nvidia-smi' }, 'waiting', /is not there/],
    ['no card', { script: 'true' }, 'waiting', /found no GPU/],
    [
      'a driver that does not run',
      { script: 'echo "NVIDIA-SMI has failed" >&2; exit 9' },
      'failing',
      /exit code 9: NVIDIA-SMI/,
    ],
    [
      'an unknown column',
      { script: 'echo \'Field "fan" is not a valid field\'; exit 2' },
      'failing',
      /exit code 2: Field/,
    ],
    ['garbage', { script: 'head -c 100000 /dev/urandom' }, 'failing', /cannot be read/],
    ['half a card', { script: 'echo "0, GPU-1, 5"' }, 'failing', /cannot be read: "0, GPU-1, 5"/],
    ['a hang', { script: 'sleep 1000 & sleep 1000', timeout: '200ms' }, 'failing', /took longer than 200 ms/],
  ]

test.for(FAULTS)('%s is told in words', async ([, { script: text, ...options }, state, words]) => {
  const command = text === undefined ? {} : { command: script(text) }
  const { input, context } = open({ ...options, ...command })
  await vi.waitFor(() => expect(input.status()[0]?.error).toMatch(words), 5000)
  expect(input.status()).toMatchObject([{ state, count: 0 }])
  await input.stop()
  expect(context.said).toHaveLength(1)
  expect(context.rounds).toEqual([])
})

test('a fault is told once, tried again, and its end is told, too', async () => {
  const folder = testFolder()
  const tries = join(folder, 'tries')
  const command = script(`echo x >> ${tries}; exit 9`, folder)
  const { input, context } = open({ command })
  await vi.waitFor(() => expect(readFileSync(tries, 'utf8').length).toBeGreaterThanOrEqual(4), 5000)
  script(`echo "${CARD}"`, folder)
  await vi.waitFor(() => expect(input.status()[0]?.state).toBe('active'), 5000)
  await input.stop()
  expect(context.said).toEqual([
    { level: 'error', message: `gpu: ${command} failed with exit code 9` },
    { level: 'info', message: 'gpu: works again' },
  ])
})

test('a card that can be read is measured beside one that cannot', async () => {
  const { input, context } = open({ command: script(`echo nonsense\necho "${CARD}"`) })
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1), 5000)
  await vi.waitFor(() => expect(input.status()[0]?.state).toBe('failing'))
  await input.stop()
  expect(context.series().size).toBe(11)
})

/** Every piece of YAML that the agent's manual shows is one that the agent takes. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { agentCommand } from './agent.ts'
import { ROOT, temporaryFolder } from './server.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manual = join(ROOT, 'docs/agent')
const pages = ['docs/agent.md', ...readdirSync(manual).map((name) => `docs/agent/${name}`)]
const blocks = pages.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => ({
    where: `${page}:${readFileSync(join(ROOT, page), 'utf8').slice(0, match.index).split('\n').length}`,
    value: parse(match[1] ?? '') as Readonly<Record<string, unknown>>,
    text: match[1] ?? '',
  })),
)

const destinations = [{ type: 'girok', url: 'http://127.0.0.1:4100' }]

/** A part of a configuration with what it lacks. */
function whole(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (value.processors !== undefined) {
    return { destinations, inputs: [{ type: 'file', include: ['*.log'], processors: value.processors }] }
  }
  return { destinations, inputs: [{ type: 'host' }], ...value }
}

writeFileSync(
  join(folder, 'prometheus.yml'),
  stringify({ scrape_configs: [{ job_name: 'x', static_configs: [{ targets: ['127.0.0.1:1'] }] }] }),
)
for (const name of ['ca.pem', 'token', 'loki-password']) writeFileSync(join(folder, name), 'x')

test('there are examples', () => {
  expect(blocks.length).toBeGreaterThan(15)
})

// Configurations of the server and of Prometheus are tried by their own tests.
const own = blocks.filter(({ value, text }) => value.pipeline === undefined && !text.startsWith('# prometheus.yml'))

test.each(own)('$where', async ({ value }) => {
  const file = join(folder, 'girok-agent.yaml')
  writeFileSync(file, stringify(whole(value)))
  const { code, stderr } = await agentCommand(['check', '--config', file], { env: { HOSTNAME: 'h' } })
  expect(stderr).toBe('')
  expect(code).toBe(0)
})

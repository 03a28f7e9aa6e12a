import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AGENT_FILE } from '../app/agent.ts'
import type { AgentStatus } from '../app/status.ts'
import { statusText } from '../app/status-text.ts'
import { ConfigProblem } from '../model/problem.ts'
import { defineCommand, EXIT } from './command.ts'
import { CONFIG_FLAGS, configurationOf } from './configuration.ts'

export const status = defineCommand({
  name: 'status',
  summary: 'Show files with their lag, the spool, destinations and errors of the agent that runs.',
  flags: {
    ...CONFIG_FLAGS,
    json: { type: 'boolean', summary: 'as JSON' },
    all: { type: 'boolean', summary: 'all sources, not only the first 20 of each input' },
  },
  examples: [
    ['girok-agent status', 'of the agent that runs by girok-agent.yaml'],
    ['girok-agent status --data /var/lib/girok-agent --json', 'by its data directory, for programs'],
  ],
  async run(context) {
    const { flags, io } = context
    const dataDir = typeof flags.data === 'string' ? flags.data : (await configurationOf(context)).dataDir
    const current = await ask(dataDir)
    io.stdout.write(
      flags.json === true ? `${JSON.stringify(current, undefined, 2)}\n` : statusText(current, flags.all === true),
    )
    const failing = current.destinations.some(({ lastError }) => lastError !== undefined)
    return failing || current.spool.error !== undefined ? EXIT.failure : EXIT.ok
  },
})

async function ask(dataDir: string): Promise<AgentStatus> {
  let url: string | undefined
  try {
    url = (JSON.parse(readFileSync(join(dataDir, AGENT_FILE), 'utf8')) as { url?: string }).url
  } catch {
    throw new ConfigProblem(`no agent has run with the data directory ${dataDir}: name another by --data or --config`)
  }
  if (url === undefined) throw new ConfigProblem('the agent serves no status: set status.enabled to true')
  try {
    const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(10_000) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return (await response.json()) as AgentStatus
  } catch (error) {
    throw new ConfigProblem(`the agent does not answer at ${url}: is it running? (${reason(error)})`)
  }
}

function reason(error: unknown): string {
  const { cause } = error as { cause?: NodeJS.ErrnoException }
  return cause?.code ?? (error as Error).message
}

import type { AgentStatus } from '../app/status.ts'
import { statusText } from '../app/status-text.ts'
import { defineCommand, EXIT } from './command.ts'
import { CONFIG_FLAGS } from './configuration.ts'
import { askAgent } from './running-agent.ts'

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
    const current = JSON.parse(await askAgent(context, '/status')) as AgentStatus
    io.stdout.write(
      flags.json === true ? `${JSON.stringify(current, undefined, 2)}\n` : statusText(current, flags.all === true),
    )
    const failing = current.destinations.some(({ lastError }) => lastError !== undefined)
    return failing || current.spool.error !== undefined ? EXIT.failure : EXIT.ok
  },
})

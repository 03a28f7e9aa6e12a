import { type CommandContext, defineCommand, EXIT } from './command.ts'
import { CONFIG_FLAGS } from './configuration.ts'
import { askAgent } from './running-agent.ts'

export const housekeeping = defineCommand({
  name: 'housekeeping',
  summary:
    'Show what the rules of housekeeping would do now; --run does it. The agent that runs is asked: it knows what is shipped.',
  flags: { ...CONFIG_FLAGS, run: { type: 'boolean', summary: 'do it now' } },
  examples: [
    ['girok-agent housekeeping', 'what would be compressed, deleted, backed up, and what is kept and why'],
    ['girok-agent housekeeping --run', 'do it now instead of at its time'],
  ],
  async run(context: CommandContext) {
    const isRun = context.flags.run === true
    const text = await askAgent(context, '/housekeeping', { method: isRun ? 'POST' : 'GET', timeoutMs: 3_600_000 })
    context.io.stdout.write(text === '' ? 'nothing to do\n' : text)
    return EXIT.ok
  },
})

import { defineCommand, EXIT } from './command.ts'
import { CONFIG_FLAGS, configurationOf } from './configuration.ts'

export const check = defineCommand({
  name: 'check',
  summary: 'Read a configuration and say whether it can be put to work.',
  flags: CONFIG_FLAGS,
  examples: [
    ['girok-agent check --config girok-agent.yaml', 'inputs, processors and destinations, or the first mistake'],
  ],
  async run(context) {
    const { file, inputs, destinations, dataDir, warnings } = await configurationOf(context)
    const { stdout, stderr } = context.io
    for (const warning of warnings) stderr.write(`girok-agent: ${warning}\n`)
    stdout.write(`${file} is valid. State is kept in ${dataDir}.\n`)
    for (const { name, kind, stages } of inputs) {
      const steps = stages.names.length === 0 ? '' : ` → ${stages.names.join(' → ')}`
      stdout.write(`  input        ${name} (${kind.name})${steps}\n`)
    }
    for (const { name, kind } of destinations) stdout.write(`  destination  ${name} (${kind.name})\n`)
    return EXIT.ok
  },
})

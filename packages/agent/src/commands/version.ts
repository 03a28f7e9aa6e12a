import { VERSION } from '../app/version.ts'
import { defineCommand, EXIT } from './command.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Print the version.',
  flags: {},
  examples: [['girok-agent version', 'of this program and of Node']],
  async run({ io }) {
    io.stdout.write(`girok-agent ${VERSION} (Node ${process.versions.node})\n`)
    return EXIT.ok
  },
})

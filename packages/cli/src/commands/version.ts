import { readFileSync } from 'node:fs'
import { defineCommand } from '../command.ts'
import { EXIT } from '../failure.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Show the version.',
  flags: {},
  examples: [['girok version', 'of girok, Node and the platform']],
  async run({ out }) {
    // From src as from dist the package is one folder up.
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    await out.write(`girok ${version} (node ${process.versions.node}, ${process.platform} ${process.arch})\n`)
    return EXIT.ok
  },
})

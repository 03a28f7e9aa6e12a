import { defineCommand } from '../command.ts'
import { EXIT, Failure, UsageError } from '../failure.ts'
import { CONFIG_FLAGS, loadFromFlags } from '../server-config.ts'

export const config = defineCommand({
  name: 'config',
  summary: 'Show or check the configuration of the server.',
  actions: {
    print: 'the configuration in force as YAML, every key, secrets hidden',
    check: 'whether the configuration is good; faults one a line',
  },
  flags: CONFIG_FLAGS,
  examples: [
    ['girok config check --config girok.yaml', 'before a restart'],
    ['girok config print --set store.batch.maxAge=50ms', 'what would be in force'],
  ],
  async run({ io, flags, words, out }) {
    if (words.length > 1) throw new UsageError(`girok config ${words[0]} takes no further words`)
    const { ConfigError, printConfig } = await import('@girok/server/config')
    try {
      const loaded = await loadFromFlags(flags, io)
      await out.write(words[0] === 'print' ? printConfig(loaded) : 'the configuration is good\n')
      return EXIT.ok
    } catch (error) {
      if (error instanceof ConfigError) throw new Failure(error.problems.join('\ngirok: '), EXIT.usage)
      throw error
    }
  },
})

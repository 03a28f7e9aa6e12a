import { defineCommand } from '../command.ts'

/** Answered by run.ts, which knows all commands; here so that the list of commands shows it. */
export const help = defineCommand({
  name: 'help',
  summary: 'Show the commands, or the help of one.',
  words: '[COMMAND]',
  flags: {},
  examples: [['girok help query', 'the same as girok query --help']],
  run: async () => 0,
})

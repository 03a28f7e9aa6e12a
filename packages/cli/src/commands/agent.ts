import { defineCommand } from '../command.ts'

export const agent = defineCommand({
  name: 'agent',
  summary: 'Collect files, host metrics and more, and ship them: the program girok-agent.',
  words: '[COMMAND] [FLAGS]',
  flags: {},
  passesOn: true,
  examples: [
    ["girok agent --url http://127.0.0.1:4100 --file 'logs/**/*.log'", 'reads files, and goes on reading them'],
    ['girok agent --config girok-agent.yaml', 'by a configuration'],
    ['girok agent help', 'what else it can do'],
  ],
  async run({ io, words }) {
    const { runAgentProgram } = await import('@girok/agent')
    return runAgentProgram(words, io.interrupted)
  },
})

import type { AgentCommand } from './command.ts'

/** What `girok-agent --help` prints. */
export function overview(commands: readonly AgentCommand[]): string {
  const width = Math.max(...commands.map(({ name, words }) => name.length + (words?.length ?? -1) + 1))
  const list = commands.map(({ name, words, summary }) => {
    const left = words === undefined ? name : `${name} ${words}`
    return `  ${left.padEnd(width)}  ${summary}`
  })
  return `Collects files, journals, hosts, GPUs and metrics endpoints, and ships them to Girok, Loki or OTLP.

girok-agent [COMMAND] [FLAGS]

${list.join('\n')}

girok-agent COMMAND --help shows the flags of a command; girok-agent --help is this.
`
}

/** What `girok-agent COMMAND --help` prints. */
export function commandHelp({ name, words, summary, flags, examples }: AgentCommand): string {
  const rows = Object.entries(flags).map(([flag, { value, summary: meaning }]) => [
    `--${flag}${value === undefined ? '' : ` ${value}`}`,
    meaning,
  ])
  const width = Math.max(0, ...rows.map(([left]) => left?.length ?? 0))
  const list = rows.map(([left, meaning]) => `  ${left?.padEnd(width)}  ${meaning}`)
  const shown = examples.map(([command, meaning]) => `  ${command}\n      ${meaning}`)
  return [
    `girok-agent ${name}${words === undefined ? '' : ` ${words}`}\n\n${summary}\n`,
    ...(list.length > 0 ? [`${list.join('\n')}\n`] : []),
    `Examples\n${shown.join('\n')}\n`,
  ].join('\n')
}

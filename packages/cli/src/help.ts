import type { Command } from './command.ts'
import type { FlagTable } from './flags.ts'

/** Flags that every command takes. */
export const GENERAL_FLAGS: FlagTable = {
  help: { kind: 'switch', summary: 'show this help' },
}

/** Flags of commands that talk to a server. */
export const REMOTE_FLAGS: FlagTable = {
  url: { kind: 'value', value: 'URL', summary: 'the server (GIROK_URL; default http://127.0.0.1:4100)' },
  token: {
    kind: 'value',
    value: 'TOKEN',
    summary: 'access token (better: GIROK_TOKEN, which others cannot see in ps)',
  },
  tenant: { kind: 'value', value: 'NAME', summary: 'tenant, where there are no tokens (GIROK_TENANT)' },
}

/** All flags of a command. */
export function flagsOf(command: Command): FlagTable {
  return { ...command.flags, ...(command.remote ? REMOTE_FLAGS : {}), ...GENERAL_FLAGS }
}

/** `girok --help`. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map((command) => [command.name, command.summary] as const)
  return `girok: logs in one process

Usage: girok COMMAND [FLAGS]

${columns(rows)}

girok COMMAND --help tells more, with examples. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
`
}

/** `girok COMMAND --help`. */
export function commandHelp(command: Command): string {
  const words = command.actions ? `${Object.keys(command.actions).join('|')} ` : ''
  const parts = [
    `${command.summary}\n\nUsage: girok ${command.name} ${words}${command.words ? `${command.words} ` : ''}[FLAGS]`,
  ]
  if (command.actions) parts.push(columns(Object.entries(command.actions)))
  parts.push(`Flags:\n${columns(Object.entries(command.flags).map(flagRow))}`)
  const general = { ...(command.remote ? REMOTE_FLAGS : {}), ...GENERAL_FLAGS }
  parts.push(columns(Object.entries(general).map(flagRow)))
  parts.push(`Examples:\n${command.examples.map(([line, meaning]) => `  # ${meaning}\n  ${line}`).join('\n')}`)
  return `${parts.filter((part) => part !== 'Flags:\n').join('\n\n')}\n`
}

function flagRow([name, flag]: [string, FlagTable[string]]): readonly [string, string] {
  return [`--${name}${flag.value ? ` ${flag.value}` : ''}`, flag.summary]
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

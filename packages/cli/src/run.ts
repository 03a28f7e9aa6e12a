import { createClient } from './client.ts'
import type { Command, CommandContext } from './command.ts'
import { commands } from './commands/index.ts'
import { EXIT, Failure, OutputClosed, UsageError } from './failure.ts'
import { parseFlags, UnknownFlag } from './flags.ts'
import { commandHelp, flagsOf, overview, REMOTE_FLAGS } from './help.ts'
import type { Io } from './io.ts'
import { createWriter, type Writer } from './output/writer.ts'

/** Runs one command line (without `node girok`); resolves to the exit code and never rejects. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const out = createWriter(io.stdout)
  // Notes are lost quietly when nobody reads stderr.
  io.stderr.on('error', () => undefined)
  try {
    return await dispatch(argv, io, out)
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.ok
    if (io.interrupted.aborted) return EXIT.interrupted
    io.stderr.write(`girok: ${messageOf(error)}\n`)
    if (error instanceof UsageError) {
      const known = commands.some((command) => command.name === argv[0]) ? `${argv[0]} ` : ''
      io.stderr.write(`girok ${known}--help tells more\n`)
    }
    return exitCodeOf(error)
  }
}

async function dispatch(argv: readonly string[], io: Io, out: Writer): Promise<number> {
  const [first, ...rest] = generalFlagsLast(argv)
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    await out.write(overview(commands))
    return first === undefined ? EXIT.usage : EXIT.ok
  }
  if (first === '--version' || first === '-v') return dispatch(['version'], io, out)
  if (first === 'help' && !rest[0]?.startsWith('-')) {
    await out.write(commandHelp(await findCommand(rest[0] ?? '')))
    return EXIT.ok
  }
  const command = await findCommand(first)
  // Flags alone ask for help here; the other program has a help of its own.
  const asked = rest.length === 1 && (rest[0] === '--help' || rest[0] === '-h')
  const { flags, words } =
    command.passesOn && !asked ? { ...(await parse([], command)), words: rest } : await parse(rest, command)
  if (flags.switch('help')) {
    await out.write(commandHelp(command))
    return EXIT.ok
  }
  if (command.actions) await checkAction(command, words[0])
  const context: CommandContext = {
    io,
    flags,
    words,
    out,
    note: (text) => void io.stderr.write(`${text}\n`),
    client: () =>
      createClient({
        url: flags.text('url') ?? io.env.GIROK_URL,
        token: flags.text('token') ?? io.env.GIROK_TOKEN,
        tenant: flags.text('tenant') ?? io.env.GIROK_TENANT,
      }),
  }
  return command.run(context)
}

/** `girok --url U query Q` is `girok query Q --url U`: which server comes to mind before what to ask. */
function generalFlagsLast(argv: readonly string[]): string[] {
  let at = 0
  for (;;) {
    const [, name, value] = /^--([a-z]+)(=.*)?$/s.exec(argv[at] ?? '') ?? []
    if (name === undefined || !Object.hasOwn(REMOTE_FLAGS, name)) break
    at += value === undefined ? 2 : 1
  }
  // In front of the other flags, so that `--` does not swallow them.
  const [command, ...rest] = argv.slice(at)
  return command === undefined ? [...argv] : [command, ...argv.slice(0, at), ...rest]
}

async function findCommand(name: string): Promise<Command> {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  const names = commands.map((command) => command.name)
  throw new UsageError(`unknown command ${name}${await suggestion(name, names, '')}`)
}

async function parse(argv: readonly string[], command: Command) {
  const table = flagsOf(command)
  try {
    return parseFlags(argv, table)
  } catch (error) {
    if (!(error instanceof UnknownFlag)) throw error
    const switches = Object.keys(table).filter((name) => table[name]?.kind === 'switch')
    const names = [...Object.keys(table), ...switches.map((name) => `no-${name}`)]
    throw new UsageError(`${error.message}${await suggestion(error.flag, names, '--')}`)
  }
}

async function checkAction(command: Command, given: string | undefined): Promise<void> {
  const names = Object.keys(command.actions ?? {})
  if (given === undefined) throw new UsageError(`girok ${command.name} what? There are ${names.join(', ')}`)
  if (names.includes(given)) return
  throw new UsageError(
    `unknown: girok ${command.name} ${given}${await suggestion(given, names, `girok ${command.name} `)}`,
  )
}

async function suggestion(given: string, names: readonly string[], before: string): Promise<string> {
  // Only a mistake pays for loading this.
  const { nearestPath } = await import('@girok/server/config')
  const near = nearestPath(given, names)
  return near === undefined
    ? `; there are ${names.filter((name) => !name.startsWith('no-')).join(', ')}`
    : `; did you mean ${before}${near}?`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode
  // Known by name: the class is in the server package, which most commands never load.
  return error instanceof Error && error.name === 'ConfigError' ? EXIT.usage : EXIT.failure
}

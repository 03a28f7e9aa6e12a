import { parseArgs } from 'node:util'
import { nearestPath } from '@girok/query/settings'
import { ConfigProblem } from '../model/problem.ts'
import { type AgentCommand, type AgentIo, EXIT, parseOptions, UsageProblem } from './command.ts'
import { commandHelp, overview } from './help.ts'
import { commands } from './index.ts'

/** Runs one command line (without the program's name); resolves to the exit code and never rejects. */
export async function dispatch(argv: readonly string[], io: AgentIo): Promise<number> {
  try {
    return await runCommand(argv, io)
  } catch (error) {
    if (io.interrupted.aborted) return EXIT.interrupted
    io.stderr.write(`girok-agent: ${error instanceof Error ? error.message : String(error)}\n`)
    if (error instanceof UsageProblem) io.stderr.write('girok-agent --help tells more\n')
    return error instanceof UsageProblem || error instanceof ConfigProblem ? EXIT.usage : EXIT.failure
  }
}

async function runCommand(argv: readonly string[], io: AgentIo): Promise<number> {
  const [first = ''] = argv
  if (first === 'help' || first === '--help' || first === '-h') {
    io.stdout.write(argv[1] === undefined ? overview(commands) : commandHelp(commandNamed(argv[1])))
    return EXIT.ok
  }
  const named = first !== '' && !first.startsWith('-')
  const command = commandNamed(named ? first : first === '--version' ? 'version' : 'run')
  const rest = named || first === '--version' ? argv.slice(1) : argv
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(commandHelp(command))
    return EXIT.ok
  }
  const { flags, words } = parse(rest, command)
  if (words.length > 0 && command.words === undefined) {
    throw new UsageProblem(`girok-agent ${command.name} takes no words, but got ${words.join(' ')}`)
  }
  return command.run({ io, flags, words })
}

function commandNamed(name: string): AgentCommand {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const names = commands.map((command) => command.name)
  const near = nearestPath(name, names)
  const meant = near === undefined ? `; there are ${names.join(', ')}` : `; did you mean ${near}?`
  throw new UsageProblem(`unknown command ${name}${meant}`)
}

function parse(argv: readonly string[], command: AgentCommand) {
  const unknown = argv
    .filter((argument) => argument.startsWith('--') && argument !== '--')
    .map((argument) => argument.slice(2).split('=')[0] ?? '')
    .find((name) => !Object.hasOwn(command.flags, name))
  if (unknown !== undefined) {
    const near = nearestPath(unknown, Object.keys(command.flags))
    throw new UsageProblem(`unknown flag --${unknown}${near === undefined ? '' : `; did you mean --${near}?`}`)
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: parseOptions(command.flags),
      allowPositionals: true,
      strict: true,
    })
    return { flags: values as AgentFlags, words: positionals }
  } catch (error) {
    throw new UsageProblem((error as Error).message.split('\n')[0] ?? '')
  }
}

type AgentFlags = Parameters<AgentCommand['run']>[0]['flags']

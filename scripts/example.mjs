// npm run example NAME: prepares the clone, then runs an example program; without a name it lists them.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { failed, prepare, root } from './prepare.mjs'

await prepare().catch(failed)

const [name, ...rest] = process.argv.slice(2)
const program = name === 'first-log' ? ['first-log.js'] : ['main.js', ...(name === undefined ? [] : [name])]
const [file, ...args] = [...program, ...rest]
const example = spawn(process.execPath, [join(root, 'examples/dist', file), ...args], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => example.kill(signal))
example.on('error', failed)
example.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))

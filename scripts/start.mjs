// npm start: prepares the clone, then runs `girok serve` with all flags passed on.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { failed, prepare, root } from './prepare.mjs'

await prepare().catch(failed)

const server = spawn(process.execPath, [join(root, 'packages/cli/bin/girok.cjs'), 'serve', ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
})
// The server stops gracefully on these; this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
server.on('error', failed)
server.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))

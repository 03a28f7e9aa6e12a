import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { isatty } from 'node:tty'
import { EXIT } from './failure.ts'
import { run } from './run.ts'

const interrupt = new AbortController()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Who asks twice does not want to wait for a graceful end.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted)
    interrupt.abort()
  })
}

process.exitCode = await run(process.argv.slice(2), {
  // Looked up when it is used: the look alone opens it.
  get stdin() {
    return process.stdin
  },
  giveUpStdin() {
    closeSync(0)
    // Takes the lowest free descriptor, which is 0.
    openSync(devNull, 'r')
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  terminal: { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) },
  interrupted: interrupt.signal,
})

// Where writes to pipes are asynchronous (Windows), the last ones may still be under way.
await new Promise((written) => process.stdout.write('', written))
// What was left open (a connection kept alive, a native thread) must not keep a finished command running.
setTimeout(() => process.exit(), 1000).unref()

import { runAgentProgram } from './program.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Who asks twice does not want to wait for a graceful end.
    if (interrupt.signal.aborted) process.exit(130)
    interrupt.abort()
  })
}

// Not awaited at the top: what is loaded later may share modules with this file, and would wait for it.
void runAgentProgram(process.argv.slice(2), interrupt.signal).then((exitCode) => {
  process.exitCode = exitCode
  // Where writes to pipes are asynchronous, the last ones may still be under way; a connection that is kept alive must not
  // keep a finished program running.
  process.stdout.write('', () => setTimeout(() => process.exit(), 1_000).unref())
})

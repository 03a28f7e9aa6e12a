import { runAgentProgram } from './program.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Who asks twice does not want to wait for a graceful end.
    if (interrupt.signal.aborted) process.exit(130)
    interrupt.abort()
  })
}

process.exitCode = await runAgentProgram(process.argv.slice(2), interrupt.signal)

// Where writes to pipes are asynchronous, the last ones may still be under way.
await new Promise((written) => process.stdout.write('', written))
// A connection that is kept alive must not keep a finished program running.
setTimeout(() => process.exit(), 1_000).unref()

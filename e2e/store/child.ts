import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** The program store-child.ts in a process of its own. */
export interface StoreChild {
  readonly process: ChildProcess
  /** Sends a line and resolves to the answer. */
  ask(line: string): Promise<Record<string, unknown>>
  /** Closes the store and waits for the end of the process. */
  close(): Promise<void>
}

/** Starts the bundled program; resolves when its store is open. */
export async function startStore(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<StoreChild> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', ...env },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const next = async (): Promise<Record<string, unknown>> => {
    const line = await lines.next()
    if (line.done === true) throw new Error(`the store ended with ${await exited}`)
    return JSON.parse(line.value) as Record<string, unknown>
  }
  await next()
  return {
    process: child,
    ask(line) {
      child.stdin.write(`${line}\n`)
      return next()
    },
    async close() {
      child.stdin.write('close\n')
      const code = await exited
      if (code !== 0) throw new Error(`the store ended with ${code}`)
    },
  }
}

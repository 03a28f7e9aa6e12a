import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** Appends lines to files at a rate, all together; resolves to how many. `stop` ends it before. */
export function startWriter(linesPerSecond, seconds, files) {
  const child = spawn(process.execPath, [
    join(import.meta.dirname, 'append-lines.mjs'),
    String(linesPerSecond),
    String(seconds),
    ...files,
  ])
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const done = new Promise((end) => child.on('exit', () => end(Number(text))))
  return Object.assign(done, { stop: () => child.kill() })
}

// A setup file of Vitest. A test that waits for ever is ended by its time limit, but one whose process is busy for ever
// (a loop without an end, a synchronous call that does not return) stops every timer of that process, and with it the run.
// A thread of its own notices, says where the process stands, and ends it: the run goes on, and fails by name.
import { Worker } from 'node:worker_threads'
import { afterAll, expect } from 'vitest'

const SILENCE_MS = 120_000
/** Loading a file has no time limit of its own. */
const LIMIT_MS = 600_000

const beats = new Int32Array(new SharedArrayBuffer(4))
const beat = setInterval(() => Atomics.add(beats, 0, 1), 1000)
beat.unref()
const thread = new Worker(new URL('watchdog-thread.mjs', import.meta.url), {
  workerData: { beats, file: expect.getState().testPath ?? 'a test file', silenceMs: SILENCE_MS, limitMs: LIMIT_MS },
  execArgv: [],
})
thread.unref()

afterAll(async () => {
  clearInterval(beat)
  await thread.terminate()
})

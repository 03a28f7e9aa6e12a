// The thread of watchdog.mjs: ends the process when its main thread has not turned for too long.
import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { workerData } from 'node:worker_threads'

const { beats, file, silenceMs, limitMs } = workerData
const started = Date.now()

let seen = -1
let since = Date.now()

const watch = setInterval(() => {
  const now = Atomics.load(beats, 0)
  if (now !== seen) {
    seen = now
    since = Date.now()
  } else if (Date.now() - since > silenceMs) giveUp(`has been busy for ${silenceMs / 1000} s`)
  if (Date.now() - started > limitMs) giveUp(`has not ended after ${limitMs / 1000} s`)
}, 1000)

function giveUp(why) {
  clearInterval(watch)
  say(`${file} ${why}; its process is ended. It stood here:`)
  // What waits in native code or for a child process cannot be paused: then the name of the file must do.
  setTimeout(end, 5000)
  const session = new Session()
  const urls = new Map()
  session.connectToMainThread()
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
  session.on('Debugger.paused', ({ params }) => {
    for (const { functionName, location } of params.callFrames) {
      const place = `${urls.get(location.scriptId) ?? ''}:${location.lineNumber + 1}:${location.columnNumber + 1}`
      say(`    at ${functionName || '(anonymous)'} (${place})`)
    }
    end()
  })
  session.post('Debugger.enable')
  session.post('Debugger.pause')
}

/** Straight to the descriptor: the streams of a thread pass through the main thread, which stands still. */
function say(line) {
  writeSync(2, `${line}\n`)
}

function end() {
  process.kill(process.pid, 'SIGKILL')
}

// One destination, one process: node files.mjs NAME DIST. CPU per record of eight fields until the file holds them all.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pino from 'pino'
import { COUNT, messages, requests } from './records.mjs'
import { createSink } from './sink.mjs'

const [name, dist] = process.argv.slice(2)
const LAST = COUNT - 1
const WARM = 60_000
const LOGS = 120_000
const folder = mkdtempSync(join(tmpdir(), 'girok-bench-'))
const path = join(folder, 'app.log')

/** `{run(i), finish()}`; finish resolves when every record is in the file. */
const DESTINATIONS = {
  async 'sdk-buffered'() {
    const load = (file) => import(pathToFileURL(`${dist}/${file}`).href)
    const { createHierarchy } = await load('index.js')
    const { jsonFormatter } = await load('formatters/index.js')
    const { fileHandler } = await load('handlers/index.js')
    const { root, getLogger, flush } = createHierarchy()
    root.setLevel('INFO').addHandler(fileHandler({ path, formatter: jsonFormatter(), durability: 'buffered' }))
    const log = getLogger('app.api')
    return { run: (i) => log.info(messages[i & LAST], requests[i & LAST]), finish: flush }
  },
  'pino-same'() {
    const sink = createSink(path)
    const log = pino({ base: undefined }, sink)
    return { run: (i) => log.info(requests[i & LAST], messages[i & LAST]), finish: async () => sink.flush() }
  },
  'pino-shipped'() {
    const destination = pino.destination(path)
    const log = pino({ base: undefined }, destination)
    return {
      run: (i) => log.info(requests[i & LAST], messages[i & LAST]),
      finish: () =>
        new Promise((done) => {
          destination.once('close', done)
          destination.end()
        }),
    }
  },
}

try {
  const { run, finish } = await DESTINATIONS[name]()
  const tick = () => new Promise((done) => setImmediate(done))
  let at = 0
  // 64 records per turn of the event loop, so that destinations that write beside the program can.
  async function runs(count) {
    for (const end = at + count; at < end; ) {
      for (let j = 0; j < 64; j++) run(at++)
      await tick()
    }
  }
  await runs(WARM)
  // What was buffered is written meanwhile, and not counted below.
  await new Promise((done) => setTimeout(done, 300))
  const before = process.cpuUsage()
  await runs(LOGS)
  await finish()
  const { user, system } = process.cpuUsage(before)
  const lines = readFileSync(path, 'latin1').split('\n').length - 1
  if (lines !== at) throw new Error(`${name}: ${lines} lines of ${at} are in the file`)
  console.log(JSON.stringify({ ns: ((user + system) * 1_000) / LOGS }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

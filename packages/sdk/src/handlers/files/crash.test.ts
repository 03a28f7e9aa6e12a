import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPrograms, type Programs } from '../testing/programs.ts'

let programs: Programs

beforeAll(async () => {
  programs = await createPrograms()
}, 60_000)
afterAll(() => programs?.remove())

const ENDS = {
  return: '',
  'exit(0)': 'process.exit(0)',
  throw: 'throw new Error("the end")',
  SIGTERM: 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 20000)',
  SIGINT: 'process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 20000)',
  'unhandled rejection': 'void Promise.reject(new Error("the end")); setTimeout(() => {}, 20000)',
  abort: 'process.abort()',
  SIGKILL: 'process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 20000)',
}

/** How each end looks from outside: that the program really ended in this way is half of the test. */
const SEEN: Record<string, { code: number | null; signal: string | null }> = {
  return: { code: 0, signal: null },
  'exit(0)': { code: 0, signal: null },
  throw: { code: 1, signal: null },
  SIGTERM: { code: null, signal: 'SIGTERM' },
  SIGINT: { code: null, signal: 'SIGINT' },
  'unhandled rejection': { code: 1, signal: null },
  abort: { code: null, signal: 'SIGABRT' },
  SIGKILL: { code: null, signal: 'SIGKILL' },
}

const NOTICED = ['return', 'exit(0)', 'throw', 'SIGTERM', 'SIGINT', 'unhandled rejection'] as const
const ALL = [...NOTICED, 'abort', 'SIGKILL'] as const

/** In the order in which they were written: backups by age, the live file last. */
function linesIn(directory: string): string[] {
  const age = (name: string) => {
    const number = /\.log\.(\d{1,3})(?:\.gz)?$/.exec(name)
    return number === null ? (/\.log$/.test(name) ? 0 : 1) : Number(number[1])
  }
  const names = readdirSync(directory).sort((a, b) => age(b) - age(a) || (a < b ? -1 : 1))
  return names.flatMap((name) => {
    const content = readFileSync(join(directory, name))
    return (name.endsWith('.gz') ? gunzipSync(content) : content).toString().split('\n').slice(0, -1)
  })
}

let runs = 0

async function keptAfter(handler: string, end: keyof typeof ENDS): Promise<number[]> {
  const directory = `run-${runs++}`
  const { stderr, ...seen } = await programs.run(`
    import { createHierarchy, dailyFileHandler, fileHandler, rotatingFileHandler, timedRotatingFileHandler } from './sdk.mjs'
    const directory = ${JSON.stringify(directory)}
    let time = Date.UTC(2024, 11, 28, 23, 59, 50)
    const { root } = createHierarchy({ now: () => (time += 20) })
    root.setLevel('INFO').addHandler(${handler})
    for (let number = 0; number < 1000; number++) root.info('a line', { number, path: '/api/v1/campaigns', seconds: 0.25 })
    ${ENDS[end]}
  `)
  expect({ code: seen.code, signal: seen.signal }, stderr).toEqual(SEEN[end])
  return linesIn(join(programs.directory, directory)).map((line) => JSON.parse(line).number)
}

const numbers = Array.from({ length: 1000 }, (_, number) => number)

describe.concurrent('1,000 lines in one burst are all kept', () => {
  const buffered = {
    file: "fileHandler({ path: directory + '/app.log' })",
    'rotation by size': "rotatingFileHandler({ path: directory + '/app.log', maxBytes: 9000, backupCount: 100 })",
    'rotation by time': "timedRotatingFileHandler({ path: directory + '/app.log', utc: true })",
    'one file a day': "dailyFileHandler({ directory, name: 'app', utc: true })",
  }
  for (const [name, handler] of Object.entries(buffered)) {
    for (const end of NOTICED) {
      test(`buffered, ${name}, ${end}`, async () => expect(await keptAfter(handler, end)).toEqual(numbers))
    }
  }
  const lasting = {
    'line, file': "fileHandler({ path: directory + '/app.log', durability: 'line' })",
    'line, rotation by size':
      "rotatingFileHandler({ path: directory + '/app.log', maxBytes: 9000, backupCount: 100, durability: 'line' })",
    'fsync, file': "fileHandler({ path: directory + '/app.log', durability: 'fsync' })",
  }
  for (const [name, handler] of Object.entries(lasting)) {
    for (const end of ALL) {
      test(`${name}, ${end}`, async () => expect(await keptAfter(handler, end)).toEqual(numbers))
    }
  }
})

test('buffered: SIGKILL costs only what was logged in the last milliseconds', async () => {
  const { signal } = await programs.run(
    `import { createHierarchy, fileHandler } from './sdk.mjs'
    const { root } = createHierarchy()
    root.setLevel('INFO').addHandler(fileHandler({ path: 'killed/app.log' }))
    for (let number = 0; number < 1000; number++) root.info('a line', { number })
    setTimeout(() => { process.stdout.write('ready'); setInterval(() => {}, 1000) }, 100)`,
    (kill) => kill('SIGKILL'),
  )
  expect(signal).toBe('SIGKILL')
  expect(linesIn(join(programs.directory, 'killed')).map((line) => JSON.parse(line).number)).toEqual(numbers)
})

test('an ERROR is on disk before the call returns, with all that came before it', async () => {
  const { signal } = await programs.run(`
    import { createHierarchy, fileHandler } from './sdk.mjs'
    const { root } = createHierarchy()
    root.setLevel('INFO').addHandler(fileHandler({ path: 'urgent/app.log' }))
    for (let number = 0; number < 10; number++) root.info('a line')
    root.error('the cause')
    root.info('lost')
    process.kill(process.pid, 'SIGKILL')
    setTimeout(() => {}, 20000)`)
  expect(signal).toBe('SIGKILL')
  const lines = linesIn(join(programs.directory, 'urgent'))
  expect([lines.length, JSON.parse(lines[10] ?? '{}').message]).toEqual([11, 'the cause'])
})

test('what listeners of exit, beforeExit and uncaughtException log is kept too', async () => {
  const { code } = await programs.run(`
    import { createHierarchy, fileHandler } from './sdk.mjs'
    const { root } = createHierarchy()
    root.setLevel('INFO').addHandler(fileHandler({ path: 'last/app.log' }))
    process.once('uncaughtException', (error) => root.info(error.message))
    process.once('beforeExit', () => root.info('before exit'))
    process.on('exit', () => { root.info('exit'); root.info('exit again') })
    root.info('first')
    setTimeout(() => { throw new Error('uncaught') }, 1)`)
  expect(code).toBe(0)
  const messages = linesIn(join(programs.directory, 'last')).map((line) => JSON.parse(line).message)
  expect(messages).toEqual(['first', 'uncaught', 'before exit', 'exit', 'exit again'])
})

test('several processes append whole lines to one file', async () => {
  const source = (who: number) => `
    import { createHierarchy, fileHandler } from './sdk.mjs'
    const { root } = createHierarchy()
    root.setLevel('INFO').addHandler(fileHandler({ path: 'shared/app.log', bufferSize: 4096 }))
    for (let number = 0; number < 2000; number++) {
      root.info('x'.repeat(number % 300), { who: ${who}, number })
      if (number % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }`
  await Promise.all([0, 1, 2].map((who) => programs.run(source(who))))
  const records = linesIn(join(programs.directory, 'shared')).map((line) => JSON.parse(line))
  for (const who of [0, 1, 2]) {
    const mine = records.filter((record) => record.who === who).map((record) => record.number)
    expect(mine).toEqual(Array.from({ length: 2000 }, (_, number) => number))
  }
})

test('killed at any moment while files are rotated and compressed: every line once, no half file', async () => {
  const source = `
    import { createHierarchy, rotatingFileHandler } from './sdk.mjs'
    const handler = rotatingFileHandler(
      { path: 'rotated/app.log', maxBytes: 20000, backupCount: 900, gzip: true, durability: 'line' })
    const { root } = createHierarchy()
    root.setLevel('INFO').addHandler(handler)
    const first = Number(process.env.FIRST)
    for (let number = first; number < first + 20000; number++) {
      root.info('x'.repeat(number % 500), { number })
      if (number === first) process.stdout.write('ready')
      if (number % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }`
  for (let kill = 0; kill < 8; kill++) {
    const { signal } = await programs.run(source.replace('process.env.FIRST', String(kill * 100_000)), (end) => {
      setTimeout(() => end('SIGKILL'), 40 + Math.random() * 200)
    })
    expect(signal).toBe('SIGKILL')
  }
  // The next start takes up what was left.
  await programs.run(source.replace('process.env.FIRST', '800_000').replace('20000; number++', '1; number++'))
  const names = readdirSync(join(programs.directory, 'rotated'))
  expect(names.filter((name) => !/^app\.log(\.\d+\.gz)?$/.test(name))).toEqual([])
  const found = linesIn(join(programs.directory, 'rotated')).map((line) => JSON.parse(line).number as number)
  expect(found.at(-1)).toBe(800_000)
  // Each run's lines without a gap, from its first one on.
  const expected: number[] = []
  for (let kill = 0; kill <= 8; kill++) {
    const count = found.filter((number) => Math.floor(number / 100_000) === kill).length
    expect(count).toBeGreaterThan(0)
    for (let number = 0; number < count; number++) expected.push(kill * 100_000 + number)
  }
  expect(found).toEqual(expected)
})

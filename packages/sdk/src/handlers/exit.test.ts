import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isExiting, registerAtExit } from './exit.ts'
import { createPrograms, type Programs } from './testing/programs.ts'

const EVENTS = ['exit', 'beforeExit', 'uncaughtExceptionMonitor', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK']

const listeners = () => EVENTS.map((event) => process.listenerCount(event))

describe('hooks', () => {
  test('come with the first member and go with the last, one of each whatever their number', () => {
    const before = listeners()
    const warnings: unknown[] = []
    process.on('warning', (warning) => warnings.push(warning))
    const removals = Array.from({ length: 50 }, () => registerAtExit({}))
    expect(listeners()).toEqual(before.map((count) => count + 1))
    for (const remove of removals) {
      remove()
      remove()
    }
    expect(listeners()).toEqual(before)
    expect(warnings).toEqual([])
    expect(isExiting()).toBe(false)
  })

  test('one member taken out twice does not take the hooks of another', () => {
    const before = listeners()
    const first = registerAtExit({})
    const second = registerAtExit({})
    first()
    first()
    expect(listeners()).toEqual(before.map((count) => count + 1))
    second()
    expect(listeners()).toEqual(before)
  })

  test('a member that throws does not keep the others from their turn', () => {
    const flushed: string[] = []
    const removals = [
      registerAtExit({
        flushSync() {
          throw new Error('broken')
        },
      }),
      registerAtExit({ flushSync: () => void flushed.push('second') }),
    ]
    try {
      process.emit('uncaughtExceptionMonitor', new Error('seen'))
      expect(flushed).toEqual(['second'])
    } finally {
      for (const remove of removals) remove()
    }
  })
})

describe('a process', () => {
  let programs: Programs

  beforeAll(async () => {
    programs = await createPrograms()
    // A second copy of the library, as two versions of it in one program.
    copyFileSync(join(programs.directory, 'sdk.mjs'), join(programs.directory, 'copy.mjs'))
  }, 60_000)
  afterAll(() => programs?.remove())

  const TERM =
    'process.kill(process.pid, "SIGTERM"); setTimeout(() => console.log("still here"), 3500).unref(); setInterval(() => {}, 100)'

  test('that gets a signal waits for deliveries, then ends by that signal', async () => {
    const { signal, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      registerAtExit({
        flushSync: () => console.log('sync'),
        async flush() { await new Promise((resolve) => setTimeout(resolve, 300)); console.log('delivered') },
        close: async () => console.log('closed'),
      })
      registerAtExit({ close: async () => console.log('other closed') })
      ${TERM}`)
    expect([signal, stdout.split('\n')]).toEqual(['SIGTERM', ['sync', 'other closed', 'delivered', 'sync', '']])
  })

  /** Prints at each flushSync how long ago the program began to end. */
  const CLOCK = `
    const start = performance.now()
    registerAtExit({ flushSync: () => console.log(Math.round(performance.now() - start)) })`

  test('waits 2 seconds for a delivery that never ends, not longer', async () => {
    const { signal, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      registerAtExit({ flush: () => new Promise(() => {}) })
      ${CLOCK}
      ${TERM}`)
    const [, endMs] = stdout.split('\n').map(Number)
    expect(signal).toBe('SIGTERM')
    expect(endMs).toBeGreaterThanOrEqual(1990)
    expect(endMs).toBeLessThan(3400)
  })

  test('ends at once on a second signal', async () => {
    const { signal, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      registerAtExit({ flush: () => new Promise(() => {}) })
      setTimeout(() => process.kill(process.pid, 'SIGINT'), 200)
      ${CLOCK}
      process.kill(process.pid, 'SIGINT')
      setInterval(() => {}, 100)`)
    const times = stdout.trim().split('\n').map(Number)
    expect([signal, times.length]).toEqual(['SIGINT', 3])
    expect(times[2]).toBeLessThan(1900)
  })

  test('with a listener of its own is not ended by us', async () => {
    const { code, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      registerAtExit({ flushSync: () => console.log('sync'), flush: async () => console.log('flushed') })
      process.on('SIGTERM', () => setTimeout(() => { console.log('application done'); process.exit(7) }, 50))
      ${TERM}`)
    expect([code, stdout.split('\n')]).toEqual([7, ['sync', 'flushed', 'application done', 'sync', '']])
  })

  test.each([
    ['returns', ''],
    ['exits', 'process.exit()'],
    ['throws', 'throw new Error("end")'],
    ['gets a signal', TERM],
  ])('that %s has what processors held back', async (_, end) => {
    const path = join(programs.directory, 'held.log')
    await programs.run(`
      import { dedupe, fileHandler, getLogger, root } from './sdk.mjs'
      root.setLevel('INFO').setProcessors([dedupe()]).addHandler(fileHandler({ path: 'held.log', mode: 'truncate' }))
      for (let number = 0; number < 5; number++) getLogger('app').info('again')
      ${end}`)
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).repeated)).toEqual([undefined, 4])
  })

  test('that has two copies of the library ends all the same', async () => {
    const { signal, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      import { registerAtExit as other } from './copy.mjs'
      registerAtExit({ flush: async () => console.log('one') })
      other({ flush: async () => console.log('two') })
      ${TERM}`)
    expect([signal, stdout]).toEqual(['SIGTERM', 'one\ntwo\n'])
  })

  test('that has another library which steps back for others (signal-exit) ends all the same', async () => {
    const { signal, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      const emitter = { count: 1 }
      globalThis[Symbol.for('signal-exit emitter')] = emitter
      function listener() {
        if (process.listeners('SIGTERM').length !== emitter.count) return
        process.removeListener('SIGTERM', listener)
        console.log('theirs')
        process.kill(process.pid, 'SIGTERM')
      }
      process.on('SIGTERM', listener)
      registerAtExit({ flushSync: () => console.log('ours') })
      ${TERM}`)
    expect([signal, stdout]).toEqual(['SIGTERM', 'ours\nours\ntheirs\n'])
  })

  test('that ends by itself delivers first, also what is logged meanwhile', async () => {
    const { code, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      let waiting = ['a']
      registerAtExit({ async flush() {
        while (waiting.length > 0) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          console.log(waiting.shift())
        }
      } })
      process.once('beforeExit', () => setTimeout(() => waiting.push('b'), 100))`)
    expect([code, stdout]).toEqual([0, 'a\nb\n'])
  })

  test('that ends by itself is held up for 2 seconds at most, and not again and again', async () => {
    const { code, stdout } = await programs.run(`
      import { registerAtExit } from './sdk.mjs'
      registerAtExit({ async flush() { console.log('flush'); await new Promise((resolve) => setImmediate(resolve)) } })
      registerAtExit({ flush: () => new Promise(() => {}) })
      ${CLOCK}`)
    const [first, endMs] = stdout.split('\n')
    expect([code, first]).toEqual([0, 'flush'])
    expect(Number(endMs)).toBeGreaterThanOrEqual(1990)
    expect(Number(endMs)).toBeLessThan(3400)
  })

  test('loses nothing that it wrote to a pipe whose reader is slow', async () => {
    const program = join(programs.directory, 'pipe.mjs')
    const source = `
      import { consoleHandler, createHierarchy } from './sdk.mjs'
      const { root } = createHierarchy()
      root.setLevel('INFO').addHandler(consoleHandler({ stream: 'stdout' }))
      for (let number = 0; number < 5000; number++) root.info('line', { number })
      process.exit(0)`
    const output = join(programs.directory, 'piped.txt')
    writeFileSync(program, source)
    const script = '"$0" "$1" | (sleep 0.5; cat > "$2")'
    execFileSync('sh', ['-c', script, process.execPath, program, output])
    const lines = readFileSync(output, 'utf8').split('\n').slice(0, -1)
    expect(lines.map((line) => Number(/number=(\d+)$/.exec(line)?.[1]))).toEqual(
      Array.from({ length: 5000 }, (_, number) => number),
    )
  })
})

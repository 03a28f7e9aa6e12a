import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { gzipSync } from 'node:zlib'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isRead } from '../tail/read-state.ts'
import { pause, TailBench } from '../tail/testing/tail-bench.ts'
import { file } from './file.ts'

let bench: TailBench
beforeEach(() => {
  bench = new TailBench()
})
afterEach(() => bench.end())

const start = (options: Record<string, unknown> = {}, name?: string) => {
  const given = { include: bench.path('*.log'), pollInterval: '10ms', rotatedQuiet: '100ms', ...options }
  return bench.start((context) => file.open(v.parse(file.options, given), context), name)
}
const append = (name: string, text: string) => appendFileSync(bench.path(name), text)
const compress = (name: string, as = `${name}.gz`) => {
  writeFileSync(bench.path(as), gzipSync(readFileSync(bench.path(name))))
  unlinkSync(bench.path(name))
}
/** All of them, in any order, and nothing else for a while. */
const exactly = async (...texts: string[]) => {
  await bench.until(`lines ${texts.join()}`, () => bench.lines.length >= texts.length)
  await pause(200)
  expect(bench.texts().sort()).toEqual(texts.sort())
}

describe('compressed files', () => {
  test.each(['*.log', '*'])('the rest of a file that was compressed while the agent was down: %s', async (include) => {
    append('app.log', 'a1\n')
    start({ include: bench.path(include) })
    await exactly('a1')
    await bench.crash()
    append('app.log', 'a2\na3')
    compress('app.log', 'app.log.2.gz')
    append('app.log', 'b1\n')
    start({ include: bench.path(include) })
    await exactly('a1', 'a2', 'a3', 'b1')
    await bench.crash()
    start({ include: bench.path(include) })
    await exactly('a1', 'a2', 'a3', 'b1')
  })

  test('one that was never seen is read whole, once, also of several members', async () => {
    writeFileSync(bench.path('old.log.gz'), Buffer.concat([gzipSync('one\nt'), gzipSync('wo\nthree')]))
    start({ include: bench.path('*') })
    await exactly('one', 'two', 'three')
    await bench.crash()
    renameSync(bench.path('old.log.gz'), bench.path('old.log.1.gz'))
    start({ include: bench.path('*') })
    await exactly('one', 'two', 'three')
  })

  test('a file that is compressed while it is followed is not read again', async () => {
    append('app.log', 'a1\n')
    start({ include: bench.path('*') })
    await exactly('a1')
    renameSync(bench.path('app.log'), bench.path('app.log.1'))
    append('app.log', 'b1\n')
    await exactly('a1', 'b1')
    compress('app.log.1')
    await pause(500)
    await exactly('a1', 'b1')
    await bench.crash()
    start({ include: bench.path('*') })
    await exactly('a1', 'b1')
  })

  test('a name that is watched only once it is compressed', async () => {
    const include = [bench.path('*.log'), bench.path('*.gz')]
    append('app.log', `a1 ${'x'.repeat(100)}\n`)
    start({ include })
    await bench.until('one', () => bench.lines.length === 1)
    renameSync(bench.path('app.log'), bench.path('app.log.1'))
    append('app.log', 'b1\n')
    await bench.until('two', () => bench.lines.length === 2)
    await pause(400)
    await bench.crash()
    start({ include })
    compress('app.log.1')
    await pause(3000)
    expect(bench.lines.length).toBe(2)
  })

  test('a broken one is told and costs only itself', async () => {
    const whole = gzipSync(`${'line\n'.repeat(20_000)}`)
    writeFileSync(bench.path('torn.log.gz'), whole.subarray(0, whole.length - 20))
    writeFileSync(bench.path('none.log.gz'), 'this is no gzip file')
    append('app.log', 'a1\n')
    start({ include: bench.path('*') })
    await bench.until(
      'all',
      () => bench.texts().includes('a1') && bench.texts().filter((text) => text === 'line').length > 1,
    )
    await bench.until('told', () => bench.log.some((line) => /torn\.log\.gz/.test(line)))
  })
})

describe('which file is which', () => {
  test('files with equal beginnings are all read', async () => {
    const banner = `${'#'.repeat(2000)}\n`
    append('a.log', `${banner}a\n`)
    append('b.log', `${banner}b\n`)
    append('a.log.old.log', `${banner}c\n`)
    start()
    await exactly(...[banner, banner, banner].map((line) => line.trimEnd()), 'a', 'b', 'c')
  })

  test('files named by date follow one another; the old one may still grow', async () => {
    append('app-2026-11-20.log', 'a1\n')
    start({ include: bench.path('app-*.log') })
    await exactly('a1')
    append('app-2026-11-21.log', 'b1\n')
    append('app-2026-11-20.log', 'a2\n')
    await exactly('a1', 'a2', 'b1')
  })

  test('a symbolic link that is moved on: the old file is read to its end', async () => {
    append('run-1.txt', 'a1\n')
    symlinkSync('run-1.txt', bench.path('current.log'))
    start()
    await exactly('a1')
    append('run-1.txt', 'a2\n')
    append('run-2.txt', 'b1\n')
    symlinkSync('run-2.txt', bench.path('next'))
    renameSync(bench.path('next'), bench.path('current.log'))
    append('run-1.txt', 'a3\n')
    await exactly('a1', 'a2', 'a3', 'b1')
    await bench.crash()
    append('run-2.txt', 'b2\n')
    append('run-3.txt', 'c1\n')
    unlinkSync(bench.path('current.log'))
    symlinkSync('run-3.txt', bench.path('current.log'))
    start()
    await exactly('a1', 'a2', 'a3', 'b1', 'b2', 'c1')
  })

  test('two names of one file are one source', async () => {
    append('run.log', 'a1\n')
    symlinkSync('run.log', bench.path('current.log'))
    start()
    await exactly('a1')
    append('run.log', 'a2\n')
    await exactly('a1', 'a2')
  })

  test('another file under the same inode is read from its beginning', async () => {
    append('app.log', 'a1\na2\n')
    start()
    await exactly('a1', 'a2')
    await bench.crash()
    // The same inode, whatever the file system would have given out.
    truncateSync(bench.path('app.log'))
    append('app.log', 'other content, longer than before\n')
    start()
    await exactly('a1', 'a2', 'other content, longer than before')
  })

  test('a deleted file is read to its end by those who have it open', async () => {
    append('app.log', 'a1\n')
    start()
    await exactly('a1')
    const fd = openSync(bench.path('app.log'), 'a')
    unlinkSync(bench.path('app.log'))
    writeSync(fd, 'a2\na3')
    await exactly('a1', 'a2', 'a3')
    closeSync(fd)
    await bench.until('it is over', () => bench.ended.length === 1 && bench.positions.size === 0)
  })

  test('a copy made by hand is not read', async () => {
    append('app.log', `${'a'.repeat(100)}\n`)
    start({ include: bench.path('*') })
    await bench.until('one', () => bench.lines.length === 1)
    copyFileSync(bench.path('app.log'), bench.path('app.log.bak'))
    await pause(400)
    expect(bench.lines.length).toBe(1)
    // It goes its own way now.
    append('app.log.bak', 'b1\n')
    await bench.until('the copy grows', () => bench.texts().includes('b1'))
  })

  test('a writer that does not append leaves a hole after the file was emptied', async () => {
    const fd = openSync(bench.path('app.log'), 'w')
    writeSync(fd, `${'a'.repeat(5000)}\n`)
    start()
    await bench.until('one', () => bench.lines.length === 1)
    copyFileSync(bench.path('app.log'), bench.path('app.log.1'))
    truncateSync(bench.path('app.log'))
    writeSync(fd, 'b1\n')
    closeSync(fd)
    await bench.until('two', () => bench.lines.length === 2)
    expect(bench.lines[1]).toMatchObject({ text: 'b1', place: 5001 })
  })

  test('a file system that comes back under another number of its device goes on where it stood', async () => {
    append('app.log', 'a1\n')
    start()
    await exactly('a1')
    await bench.crash()
    append('app.log', 'a2\n')
    for (const [key, position] of bench.positions) {
      bench.positions.set(key, { ...position, identity: { ...(position.identity as object), id: '1:1' } })
    }
    start()
    await exactly('a1', 'a2')
  })
})

describe('where reading begins', () => {
  test('at the end of files that are there at the first start; later ones are read whole', async () => {
    append('app.log', 'a1\na2')
    start({ startAt: 'end' })
    await pause(100)
    append('app.log', 'x\na3\n')
    append('new.log', 'n1\n')
    await exactly('x', 'a3', 'n1')
    await bench.crash()
    append('app.log', 'a4\n')
    append('other.log', 'o1\n')
    start({ startAt: 'end' })
    await exactly('x', 'a3', 'n1', 'a4', 'o1')
  })

  test('old files are left alone until they change', async () => {
    append('old.log', 'o1\n')
    utimesSync(bench.path('old.log'), 1000, 1000)
    append('app.log', 'a1\n')
    start({ ignoreOlderThan: '1h' })
    await exactly('a1')
    append('old.log', 'o2\n')
    await exactly('a1', 'o1', 'o2')
  })

  test('positions are found again when inputs without names change places, and never taken twice', async () => {
    append('a.log', 'a1\n')
    append('b.log', 'b1\n')
    start({ include: bench.path('a.log') }, 'file[0]')
    await exactly('a1')
    await bench.stop()
    start({ include: bench.path('b.log') }, 'file[0]')
    await exactly('a1', 'b1')
    await bench.stop()
    start({ include: bench.path('a.log') }, 'file[1]')
    await exactly('a1', 'b1')
    await bench.stop()
    start({ include: bench.path('a.log') }, 'a second reader')
    await exactly('a1', 'b1')
  })
})

describe('an agent under pressure', () => {
  test('without room files wait where they are, but what is moved away is read', async () => {
    append('app.log', 'a1\n')
    append('other.log', 'o1\n')
    let release = () => {}
    bench.full = new Promise((resolve) => {
      release = resolve
    })
    start()
    await pause(100)
    expect(bench.lines).toEqual([])
    renameSync(bench.path('app.log'), bench.path('app.log.1'))
    await bench.until('the file that was moved', () => bench.texts().join() === 'a1')
    copyFileSync(bench.path('other.log'), bench.path('other.log.1'))
    truncateSync(bench.path('other.log'))
    await bench.until('the file that was emptied', () => bench.texts().join() === 'a1,o1')
    append('other.log', 'o2\n')
    await pause(100)
    expect(isRead(bench.path('other.log'))).toBe(false)
    bench.full = undefined
    release()
    await exactly('a1', 'o1', 'o2')
    expect(isRead(bench.path('other.log'))).toBe(true)
    expect(isRead(bench.path('never-watched.txt'))).toBe(true)
  })

  test('a pipe, a folder and a link to nowhere match and do no harm', async () => {
    execFileSync('mkfifo', [bench.path('pipe.log')])
    mkdirSync(bench.path('folder.log'))
    symlinkSync('nowhere', bench.path('broken.log'))
    symlinkSync('loop.log', bench.path('loop.log'))
    append('app.log', 'a1\n')
    const input = start()
    await exactly('a1')
    expect(bench.log.filter((line) => line.includes('pipe.log'))).toHaveLength(1)
    const [app, ...others] = input.status()
    expect(app).toMatchObject({ name: bench.path('app.log'), state: 'active', count: 1, lagBytes: 0 })
    expect(others.map(({ name, state }) => [name, state])).toEqual([
      [bench.path('loop.log'), 'failing'],
      [bench.path('pipe.log'), 'failing'],
    ])
    expect(others[0]?.error).toMatch(/circle/)
  })

  test('a folder that goes and comes back', async () => {
    mkdirSync(bench.path('logs'))
    append('logs/app.log', 'a1\n')
    const input = start({ include: bench.path('logs/*.log') })
    await exactly('a1')
    rmSync(bench.path('logs'), { recursive: true })
    await bench.until('it is over', () => bench.ended.length === 1)
    expect(input.status()).toMatchObject([{ name: bench.path('logs/*.log'), state: 'waiting' }])
    mkdirSync(bench.path('logs'))
    append('logs/app.log', 'b1\n')
    await exactly('a1', 'b1')
  })
})

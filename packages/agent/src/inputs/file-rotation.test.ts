import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { gzipSync } from 'node:zlib'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { pause, TailBench } from '../tail/testing/tail-bench.ts'
import { file } from './file.ts'

/** Small seeded generator (mulberry32): numbers in [0, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A program that writes lines and what rotates its files, a step at a time. */
class Writer {
  readonly written: string[] = []
  readonly #bench: TailBench
  readonly #random: () => number
  #runs = 0

  constructor(bench: TailBench, random: () => number) {
    this.#bench = bench
    this.#random = random
    this.append()
    this.swap()
  }

  get #app(): string {
    return this.#bench.path('app.log')
  }

  get hasContent(): boolean {
    return statSync(this.#app).size > 0
  }

  append(name = 'app.log'): void {
    let text = ''
    for (let count = Math.floor(this.#random() * 12) + 1; count > 0; count--) {
      const line = `line ${this.written.length} ${'x'.repeat(Math.floor(this.#random() ** 4 * 3000))}`
      this.written.push(line)
      text += `${line}\n`
    }
    appendFileSync(this.#bench.path(name), text)
  }

  /** app.log.2 becomes app.log.3, and so on. */
  #shift(): void {
    for (let number = 40; number >= 1; number--) {
      for (const end of ['', '.gz']) {
        const path = `${this.#app}.${number}${end}`
        if (existsSync(path)) renameSync(path, `${this.#app}.${number + 1}${end}`)
      }
    }
  }

  rename(): void {
    this.#shift()
    renameSync(this.#app, `${this.#app}.1`)
    if (this.#random() < 0.5) this.append('app.log.1')
    this.append()
  }

  copy(): void {
    this.#shift()
    copyFileSync(this.#app, `${this.#app}.1`)
    truncateSync(this.#app)
    if (this.#random() < 0.7) this.append()
  }

  compress(): void {
    const plain = readdirSync(this.#bench.folder).filter((name) => /^app\.log\.\d+$/.test(name))
    const name = plain[Math.floor(this.#random() * plain.length)]
    if (name === undefined) return
    const path = this.#bench.path(name)
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)))
    unlinkSync(path)
  }

  swap(): void {
    const run = `run-${++this.#runs}.txt`
    this.append(run)
    const link = this.#bench.path('current.log')
    symlinkSync(run, `${link}.new`)
    renameSync(`${link}.new`, link)
  }

  appendToRun(): void {
    this.append(`run-${this.#runs}.txt`)
  }
}

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff)
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 6)

test.concurrent.each(Array.from({ length: ROUNDS }, (_, round) => seed + round))(
  'every line once, seed %i',
  async (own) => {
    const random = randomNumbers(own)
    const bench = new TailBench()
    const patterns = [['*.log'], ['*.log', 'app.log*'], ['*']][Math.floor(random() * 3)]!
    const options = v.parse(file.options, {
      include: patterns.map((pattern) => bench.path(pattern)),
      pollInterval: '10ms',
      rotatedQuiet: '100ms',
    })
    const start = () => bench.start((context) => file.open(options, context))
    const writer = new Writer(bench, random)
    const done: string[] = []
    let released = () => {}
    try {
      start()
      await pause(60)
      for (let step = 0; step < 40; step++) {
        const choice = random()
        // As in life, looks are more frequent than rotations.
        if (choice >= 0.45) await pause(60)
        const act = (name: string, run: () => void) => {
          const from = writer.written.length
          run()
          done.push(`${name} ${from}-${writer.written.length} | ${bench.lines.length} ${bench.log.length}`)
        }
        if (choice < 0.35) act('append', () => writer.append())
        else if (choice < 0.45) act('append to run', () => writer.appendToRun())
        else if (choice < 0.57) act('rename', () => writer.rename())
        else if (choice < 0.69) act('copy', () => writer.copy())
        else if (choice < 0.79) act('compress', () => writer.compress())
        else if (choice < 0.84) act('swap', () => writer.swap())
        else if (choice < 0.92) {
          done.push('crash')
          await bench.crash()
          // What came and was moved out of the patterns while nobody looked cannot be known.
          let rotations = patterns.includes('*') ? 3 : 1
          // Nor can the copy of a file in which nothing stood yet when it was looked at last.
          const copies = patterns.includes('*') || writer.hasContent
          for (let missed = Math.floor(random() * 5); missed > 0; missed--) {
            const chance = random()
            if (chance < 0.4) act('append (down)', () => writer.append())
            else if (chance < 0.6) act('compress (down)', () => writer.compress())
            else if (rotations-- <= 0) continue
            else if (chance < 0.75) act('rename (down)', () => writer.rename())
            else if (chance < 0.8) act('swap (down)', () => writer.swap())
            else if (copies) act('copy (down)', () => writer.copy())
          }
          start()
          await pause(60)
        } else if (choice < 0.96) {
          act('full', () => {
            released()
            bench.full = new Promise((resolve) => {
              released = resolve
            })
          })
        } else {
          act('room', () => {
            bench.full = undefined
            released()
          })
        }
        // As in life, looks are more frequent than rotations.
        await pause(choice >= 0.45 || random() < 0.7 ? 80 : 0)
      }
      bench.full = undefined
      released()
      await bench
        .until('all lines', () => bench.lines.length >= writer.written.length, 5_000)
        .catch((error) => {
          done.push((error as Error).message.slice(0, 60))
        })
      await pause(250)
      const seen = bench.texts().map((text) => text.slice(0, 12).trim())
      const wanted = writer.written.map((text) => text.slice(0, 12).trim())
      const lost = wanted.filter((line) => !seen.includes(line))
      const doubled = seen.filter((line, index) => seen.indexOf(line) !== index)
      const told = lost.length + doubled.length > 0 ? { patterns, done, log: bench.log } : undefined
      expect({ lost, doubled, told }).toEqual({ lost: [], doubled: [], told: undefined })
    } finally {
      released()
      await bench.end()
    }
  },
)

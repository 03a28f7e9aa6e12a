/**
 * Works on a spool as a handler does, with numbers for records, until it is killed, and says what it has done: `+n` when
 * record n is on disk, `-n` before and `!n` after its batch is discarded. Arguments: directory, seed.
 */
import { writeSync } from 'node:fs'
import { openSpool, type Parcel } from '../spool.ts'

const [directory = '', seed = '1'] = process.argv.slice(2)
let state = Number(seed)
/** Park and Miller's generator: the same run for the same seed, up to where it is killed. */
const random = (below: number) => {
  state = (state * 48_271) % 2_147_483_647
  return state % below
}

const spool = openSpool({
  directory,
  format: 'test',
  batchCount: 5,
  batchSize: 10_000,
  lost: (reason, count) => writeSync(2, `lost ${count}: ${reason}\n`),
  complain: (text) => writeSync(2, `${text}\n`),
})
const say = (sign: string, entries: readonly string[]) => {
  writeSync(1, entries.map((entry) => `${sign}${Number.parseInt(entry, 10)}\n`).join(''))
}
const base = Date.now()
let number = 0
let sequence = 0
writeSync(1, 'ready\n')

for (;;) {
  const entries = Array.from({ length: 1 + random(4) }, () => `${number++} ${'x'.repeat(random(500))}`)
  const order = `${base}-${String(++sequence).padStart(6, '0')}`
  const key = sequence.toString(16).padStart(32, '0')
  if (spool.add({ order, key, entries, size: entries.join('').length })) say('+', entries)
  if (random(3) === 0) send()
}

function send(): void {
  const parcel = spool.take()
  if (parcel === undefined) return
  const { entries } = parcel
  if (entries.length < 2 || random(2) === 0) {
    discard(parcel)
    return
  }
  const halves = [entries.slice(0, 1), entries.slice(1)].map((part, index) => {
    return { ...parcel, key: `${parcel.key}.${index}`, entries: part }
  })
  for (const half of halves) spool.keep(half)
  spool.discard(parcel)
  for (const half of halves) discard(half)
}

function discard(parcel: Parcel): void {
  say('-', parcel.entries)
  spool.discard(parcel)
  say('!', parcel.entries)
}

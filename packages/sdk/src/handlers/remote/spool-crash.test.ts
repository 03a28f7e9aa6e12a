/** Processes that write to a spool are killed at random moments: no record is lost, none is there twice. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSpool } from './spool.ts'
import { bundled, type Program, run } from './testing/program.ts'

const ROUNDS = 12
const seed = 1 + Math.floor(Math.random() * 1_000_000)
const folder = mkdtempSync(join(tmpdir(), 'girok-spool-crash-'))
let writer: string

beforeAll(async () => {
  writer = await bundled('spool-writer', join(folder, 'program'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ready = (program: Program) =>
  expect.poll(() => program.lines()[0], { timeout: 10_000, interval: 5 }).toBe('ready')

/** The numbers of all records that a spool has, in the order in which it gives them. */
function drain(directory: string): number[] {
  const complaints: string[] = []
  const spool = openSpool({
    directory,
    format: 'test',
    batchCount: 5,
    batchSize: 10_000,
    lost: (reason) => complaints.push(reason),
    complain: (text) => complaints.push(text),
  })
  const numbers: number[] = []
  for (let parcel = spool.take(); parcel !== undefined; parcel = spool.take()) {
    numbers.push(...parcel.entries.map((entry) => Number.parseInt(entry, 10)))
    spool.discard(parcel)
  }
  spool.close()
  expect(complaints).toEqual([])
  return numbers
}

test(`kill -9 at ${ROUNDS} random moments (seed ${seed})`, async () => {
  let seen = 0
  for (let round = 0; round < ROUNDS; round++) {
    const directory = join(folder, `round-${round}`)
    const program = run(writer, directory, String(seed + round))
    await ready(program)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120))
    program.child.kill('SIGKILL')
    await program.ended
    const numbersOf = (sign: string) => {
      return new Set(program.lines().flatMap((line) => (line.startsWith(sign) ? [Number(line.slice(1))] : [])))
    }
    const [added, discarding, discarded] = [numbersOf('+'), numbersOf('-'), numbersOf('!')]
    const found = drain(directory)
    seen += added.size
    expect(found, `seed ${seed + round}: in order, none twice`).toEqual([...new Set(found)].sort((a, b) => a - b))
    const there = new Set(found)
    const missing = [...added].filter((number) => !there.has(number) && !discarding.has(number))
    expect(missing, `seed ${seed + round}: lost`).toEqual([])
    expect(
      found.filter((number) => discarded.has(number)),
      `seed ${seed + round}: back again`,
    ).toEqual([])
    expect(readdirSync(join(directory, 'test')), 'nothing is left behind').toEqual([])
  }
  expect(seen).toBeGreaterThan(100)
}, 60_000)

test('what a living process writes is left to it, and taken over when it is dead', async () => {
  const directory = join(folder, 'shared')
  const program = run(writer, directory, String(seed))
  await ready(program)
  const left = () => program.lines().reduce((sum, line) => sum + (line[0] === '+' ? 1 : line[0] === '-' ? -1 : 0), 0)
  await expect.poll(left, { interval: 5 }).toBeGreaterThan(50)
  expect(drain(directory)).toEqual([])
  program.child.kill('SIGKILL')
  await program.ended
  expect(drain(directory).length).toBeGreaterThan(0)
})

/**
 * Appends records to a spool and takes some away again until it is killed, and says what it has done: `+n` when record n is
 * on the disk, `-n` before it is done. Goes on behind the position that is kept. Arguments: folder, seed.
 */
import { writeSync } from 'node:fs'
import { randomOf } from '../../model/testing/random.ts'
import { openSpool } from '../open.ts'
import { numberOf, record } from './records.ts'

const [folder = '', seed = '1'] = process.argv.slice(2)
const random = randomOf(Number(seed))
const spool = await openSpool({ folder, destinations: ['a', 'b'], segmentBytes: 5000 })
const readers = [spool.reader('a'), spool.reader('b')] as const
let number = Number(spool.kept.find(({ key }) => key === 'file')?.place ?? 0)
writeSync(1, `ready ${number}\n`)

const never = new AbortController().signal
for (;;) {
  number++
  await spool.append(record(number, { bytes: 20 + random(800) }))
  writeSync(1, `+${number}\n`)
  const reader = readers[random(2)]!
  if (random(3) > 0 && reader.backlog().records > 0) {
    const found = (await reader.next(never))!
    writeSync(1, `${reader === readers[0] ? 'a' : 'b'}${numberOf(found)} ${found.key}\n`)
    reader.done(found)
  }
}

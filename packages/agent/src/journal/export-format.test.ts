import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExportReader, MAX_FIELD_BYTES } from './export-format.ts'
import { exportEntry } from './testing/export-entry.ts'

const read = (bytes: Buffer, size = bytes.length) => {
  const reader = new ExportReader()
  const entries = []
  for (let at = 0; at < bytes.length; at += size) entries.push(...reader.push(bytes.subarray(at, at + size)))
  return { entries, reader }
}

const name = fc.stringMatching(/^_{0,2}[A-Z][A-Z0-9_]{0,10}$/)
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '\n', '\n\n', '=', 'a=b\n\nC=d\n'),
)
const entry = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 8 })

test('entries read back as they were written, however the bytes are divided', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (entries, size) => {
      const { entries: found, reader } = read(Buffer.concat(entries.map(exportEntry)), size)
      const plain = found.map((fields) => fields.map((field) => [field.name, field.value]))
      expect(plain).toEqual(entries.map((fields) => fields.map(([key, text]) => [key, Buffer.from(text).toString()])))
      expect(reader.malformed).toBe(0)
    }),
  )
})

test('a field of many megabytes costs no memory and hides nothing behind it', () => {
  const dump = 'x\n'.repeat(3_000_000)
  const long = 'y'.repeat(1_000_000)
  const bytes = Buffer.concat([
    exportEntry([
      ['MESSAGE', 'crashed'],
      ['COREDUMP', dump],
      ['LONG', long],
      ['PRIORITY', '2'],
    ]),
    exportEntry([['MESSAGE', 'next']]),
  ])
  const { entries } = read(bytes, 65_536)
  expect(entries.map((fields) => fields.map((field) => [field.name, field.value.length, field.cutFrom]))).toEqual([
    [
      ['MESSAGE', 7, undefined],
      ['COREDUMP', MAX_FIELD_BYTES, 6_000_000],
      ['LONG', MAX_FIELD_BYTES, 1_000_000],
      ['PRIORITY', 1, undefined],
    ],
    [['MESSAGE', 4, undefined]],
  ])
})

test('garbage never fails, and entries after it are read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 64 }), (noise, size) => {
      const reader = new ExportReader()
      for (let at = 0; at < noise.length; at += size) reader.push(Buffer.from(noise.subarray(at, at + size)))
    }),
  )
  const { entries, reader } = read(Buffer.from('what is this\nlower=1\n\nMESSAGE=ok\n\n'))
  expect(entries).toEqual([[{ name: 'MESSAGE', value: 'ok' }]])
  expect(reader.malformed).toBe(2)
})

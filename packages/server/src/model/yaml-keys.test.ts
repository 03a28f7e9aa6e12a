import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { refuseRepeatedKeys, UNCHECKED_KEYS } from './yaml-keys.ts'

const faults = (text: string, isOwn: boolean) => {
  const document = parseDocument(text, { prettyErrors: false, merge: true, ...(isOwn && UNCHECKED_KEYS) })
  if (isOwn) refuseRepeatedKeys(document)
  return document.errors.map(({ pos, code, message }) => [pos[0], code, message])
}

test.each([
  'a: 1\nb: 2\na: 3\na: 4\n',
  'a: {x: 1, x: 2}\nb: [{y: 1, "y": 2}]\n',
  'a: 1\n"a": 2\n',
  '1: a\n1: b\n"1": c\n',
  'x: &m {a: 1}\ny:\n  <<: *m\n  <<: *m\n  a: 2\n',
  'a:\n  b: 1\n  b: 2\na: [\n',
  '? a\n: 1\n? a\n: 2\n',
  'a: 1\nb:\n  a: 1\n',
])('finds what the parser finds, where it finds it: %j', (text) => {
  expect(faults(text, true)).toEqual(faults(text, false))
})

test('a map of thirty thousand keys takes no longer than its text', () => {
  const text = Array.from({ length: 30_000 }, (_, i) => `k${i}: ${i}\n`).join('')
  const [one, ten] = [text.slice(0, text.length / 10), text].map((part) => {
    const before = process.cpuUsage()
    faults(part, true)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }) as [number, number]
  // Ten times the text; were each key compared with all others it would be a hundred times.
  expect(ten / one).toBeLessThan(40)
})

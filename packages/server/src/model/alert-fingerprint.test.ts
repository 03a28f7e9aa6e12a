import { expect, test } from 'vitest'
import { alertFingerprint } from './alert-fingerprint.ts'

/** The definition of FNV-1a of 64 bits. */
function defined(labels: ReadonlyMap<string, string>): string {
  let hash = 0xcbf29ce484222325n
  const byBytes = [...labels].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const bytes = Buffer.concat(byBytes.flat().flatMap((text) => [Buffer.from(text), Buffer.from([0xff])]))
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return hash.toString(16).padStart(16, '0')
}

test('fingerprints are those of Alertmanager', () => {
  // Seen at the API of 0.33.1.
  expect(alertFingerprint(new Map([['a b', 'x']]))).toBe('246aa979d44404a6')
  expect(alertFingerprint(new Map([['alertname', 'y']]))).toBe('d23eefc3896b6f8f')
})

test('and FNV-1a of any text', () => {
  const texts = ['', 'a', 'alertname', 'é', '\u{1f600}', '\uffff', 'z'.repeat(300), 'ключ', 'a\u0000b']
  for (const [i, one] of texts.entries()) {
    const labels = new Map([...texts].map((text, j) => [text + one, texts[(i + j) % texts.length] as string]))
    expect(alertFingerprint(labels)).toBe(defined(labels))
  }
})

test('the order of labels makes no difference', () => {
  const labels: [string, string][] = [
    ['host', 'a'],
    ['alertname', 'Down'],
  ]
  expect(alertFingerprint(new Map(labels))).toBe(alertFingerprint(new Map(labels.toReversed())))
})

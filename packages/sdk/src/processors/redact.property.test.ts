import { describe, expect, it } from 'vitest'
import { jsonFormatter, logfmtFormatter, prettyFormatter, textFormatter } from '../formatters/index.ts'
import type { LogRecord } from '../record.ts'
import { createRandom } from '../testing/random.ts'
import { recordOf } from '../testing/record.ts'
import { piiPatterns, redact, secretKeys } from './index.ts'
import { deepFreeze, type Planting, planter } from './testing/planted.ts'

const SEED = Number(process.env.GIROK_SEED ?? Date.now() % 2 ** 31)
const json = jsonFormatter()
const others = [textFormatter('%(message)s'), logfmtFormatter(), prettyFormatter({})]

/** Deeper than formatters go now and then, to see that nothing comes up from there. */
const depthOf = (index: number) => (index % 500 === 0 ? 15 : 1 + (index % 3))

function check(cases: number, seed: number, planting: Planting, processor: ReturnType<typeof redact>): number {
  let secrets = 0
  for (let index = 0; index < cases; index++) {
    const { planted, fields, text: message } = planter(createRandom(seed + index), planting)
    const depth = depthOf(index)
    const record = recordOf({ message: message(), fields: fields(depth), frames: [fields(1), fields(2)] })
    deepFreeze(record.fields)
    const before = json.format(record)
    const redacted = processor(record) as LogRecord
    const after = json.format(redacted)
    // One after the other, for they take longer than all the rest.
    const shown = `${after}\n${others[index % others.length]?.format(redacted)}`
    const seen = planted.find((secret) => shown.includes(secret))
    if (seen !== undefined)
      throw new Error(`seed ${seed + index}: ${around(shown, seen)}\nfrom ${around(before, seen)}`)
    if (json.format(record) !== before) throw new Error(`seed ${seed + index}: the original changed`)
    JSON.parse(after)
    secrets += planted.length
  }
  return secrets
}

function around(text: string, found: string): string {
  const at = text.indexOf(found)
  return text.slice(Math.max(0, at - 200), at + found.length + 100)
}

// Some 10 s of work in all; the limit is for machines that have other work too.
describe(`redact, seed ${SEED}`, { timeout: 120_000 }, () => {
  it('shows no planted secret in 50,000 records when it looks for names and patterns', () => {
    const secrets = check(50_000, SEED, { keys: true, patterns: true }, redact())
    expect(secrets).toBeGreaterThan(100_000)
  })

  it('shows no planted secret in 15,000 records when it looks for names alone', () => {
    expect(check(15_000, SEED + 1e6, { keys: true, patterns: false }, redact({ keys: secretKeys }))).toBeGreaterThan(
      5_000,
    )
  })

  it('shows no planted secret in 15,000 records when it looks for patterns alone', () => {
    const processor = redact({ patterns: piiPatterns, action: 'remove' })
    expect(check(15_000, SEED + 2e6, { keys: false, patterns: true }, processor)).toBeGreaterThan(5_000)
  })

  it("hides 10,000 records' secrets at paths, circles back to them included, and changes nothing else", () => {
    const processor = redact({ paths: ['user.password', 'items[*].card', '*.token'], mask: 'M' })
    for (let index = 0; index < 10_000; index++) {
      const { fields } = planter(createRandom(SEED + 4e6 + index), { keys: false, patterns: false })
      const secret = `Zq${index}zz`
      const user: Record<string, unknown> = { ...fields(2), password: secret, name: 'kim' }
      user.friend = { of: [user], also: new Map([['back', user]]) }
      const items: unknown[] = [{ card: secret, more: fields(1) }, 'text', { card: secret }]
      items.push({ card: null, all: items })
      const fault: Error = Object.assign(new Error('no'), { stack: 'Error: no', token: secret, more: fields(1) })
      fault.cause = new Error('inner', { cause: [fault] })
      const record = recordOf({ fields: { user, items, fault }, frames: [fields(1), { app: { token: secret } }] })
      deepFreeze(record.fields)
      const before = json.format(record)
      const expected = before.replaceAll(secret, 'M').replace('"card":null', '"card":"M"')
      expect(json.format(processor(record) as LogRecord), `seed ${SEED + 4e6 + index}`).toBe(expected)
      expect(json.format(record)).toBe(before)
    }
  })

  it('leaves 20,000 records without secrets as they read', () => {
    const processor = redact()
    let same = 0
    for (let index = 0; index < 20_000; index++) {
      const { fields, text: message } = planter(createRandom(SEED + 3e6 + index), { keys: false, patterns: false })
      const record = recordOf({ message: message(), fields: fields(1 + (index % 3)), frames: [fields(2)] })
      const redacted = processor(record) as LogRecord
      if (redacted === record) same++
      expect(json.format(redacted)).toBe(json.format(record))
    }
    // The others hold circles.
    expect(same).toBeGreaterThan(10_000)
  })
})

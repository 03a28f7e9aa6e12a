import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textFormatter } from '../../formatters/text.ts'
import { recordOf } from '../../testing/record.ts'
import { type MessageShape, rfc3164, rfc5424 } from './message.ts'

// Text of every kind: control characters, quotes, brackets, two-byte to four-byte characters, lone surrogates.
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom('"', '\\', ']', '=', '\n', '\r', '<0>1 ', ' ', '결', '😀', '\ud800', '\u0000'), {
      maxLength: 60,
    })
    .map((parts) => parts.join('')),
  fc.string({ maxLength: 3000 }),
)

const record = fc
  .record({
    level: fc.integer({ min: 1, max: 60 }),
    logger: text,
    message: text,
    fields: fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean(), fc.constant(undefined), fc.array(text))),
  })
  .map(recordOf)

const shape = fc.record({
  origin: fc.record({
    facility: fc.integer({ min: 0, max: 23 }),
    hostname: text,
    appName: text,
    processId: fc.option(fc.nat(), { nil: undefined }),
  }),
  maxBytes: fc.integer({ min: 480, max: 4096 }),
})

/** RFC 5424, 6: HEADER SP STRUCTURED-DATA [SP MSG], with as many octets in each part as it allows. */
const GRAMMAR =
  /^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} (-|\[f@1(?: [!-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\])(?: (\ufeff?)(\P{Cc}*))?$/u

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins there
const ASCII = /^[\u0000-\u007f]*$/

const bytes = (message: string) => new TextEncoder().encode(message).length

test('every message of RFC 5424 follows its grammar, on one line, within the limit', () => {
  fc.assert(
    fc.property(record, shape, fc.boolean(), (given, { origin, maxBytes }, structured) => {
      const whole: MessageShape = structured
        ? { origin, maxBytes, formatter: undefined, structuredData: 'f@1' }
        : { origin, maxBytes, formatter: textFormatter('%(name)s: %(message)s'), structuredData: undefined }
      const message = rfc5424(given, whole)
      const match = GRAMMAR.exec(message)
      expect(match, message).not.toBeNull()
      expect(Number(match?.[1])).toBeLessThan(192)
      expect(bytes(message)).toBeLessThanOrEqual(maxBytes)
      // The mark stands before texts that are not ASCII (a cut adds an ellipsis to one that was).
      if (!ASCII.test(match?.[4] ?? '') && !match?.[4]?.endsWith('…')) expect(match?.[3]).toBe('\ufeff')
    }),
    { numRuns: 3000 },
  )
})

test('every message of RFC 3164 is one line within the limit', () => {
  fc.assert(
    fc.property(record, shape, (given, { origin, maxBytes }) => {
      const formatter = textFormatter('%(message)s')
      const message = rfc3164(given, { origin, maxBytes, formatter, structuredData: undefined })
      expect(message).toMatch(
        /^<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [!-~]{1,255} [\w./-]{1,32}(\[\d+\])?: \P{Cc}*$/u,
      )
      expect(bytes(message)).toBeLessThanOrEqual(maxBytes)
    }),
    { numRuns: 1000 },
  )
})

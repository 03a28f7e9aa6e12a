import pino from 'pino'
import { expect, test } from 'vitest'
import { type Fields, mergeFields } from '../fields.ts'
import { Frame, frameFields } from '../frame.ts'
import type { Handler } from '../handler.ts'
import { createHierarchy } from '../hierarchy.ts'
import { redact } from '../processors/index.ts'
import { createRandom, type Random } from '../testing/random.ts'
import { ALL_NAMES, FREE_NAMES, fieldsOf, hostile, jsonable } from '../testing/random-fields.ts'
import { recordOf } from '../testing/record.ts'
import { repeatedKey } from '../testing/repeated-key.ts'
import { jsonFormatter } from './json.ts'
import type { JsonOptions } from './json-options.ts'

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
const about = (what: string) => `${what}; again by FUZZ_SEED=${seed}`

/** Expectations are dear: only what fails is told by one. */
function same(actual: unknown, expected: unknown, text: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual, about(text)).toEqual(expected)
}

const sorted = (value: Fields) => Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))

const textHandler = (take: (text: string) => void): Handler => ({
  name: 'text',
  level: 0,
  handle: (record) => take(jsonFormatter().format(record)),
})

test('100,000 records of what JSON has read back as they were', () => {
  const random = createRandom(seed)
  const formatter = jsonFormatter()
  let frame: Frame | undefined
  for (let count = 0; count < 100_000; count++) {
    // A frame serves several records, as that of a request does.
    if (count % 5 === 0) {
      const outer = Frame.of(fieldsOf(random, jsonable))
      frame = random.pick([undefined, outer, Frame.join(outer, Frame.of(fieldsOf(random, jsonable)))])
    }
    const fields = fieldsOf(random, jsonable)
    const message = String(jsonable(random, 0))
    const text = formatter.format({ ...recordOf({ message }), frame, fields })
    const expected = mergeFields(frame && frameFields(frame), fields)
    const { timestamp, level, logger, message: given, ...rest } = JSON.parse(text)
    if (given !== message || timestamp === undefined || level !== 'INFO' || logger !== 'app') expect.fail(about(text))
    same(sorted(rest), sorted(JSON.parse(JSON.stringify(expected))), text)
  }
})

test('40,000 records of anything: no throw, one line, JSON, no name twice', { timeout: 120_000 }, () => {
  const random = createRandom(seed + 1)
  const forms: readonly JsonOptions[] = [
    {},
    {},
    { exceptionKey: 'exception', levelCase: 'lower' },
    { contextKey: 'card', source: true },
    { contextKey: 'context', nest: 'all', exceptionKey: 'exception', time: 'iso-no-zone', names: { message: 'id' } },
  ]
  const formatters = forms.map((form) => jsonFormatter(form))
  const any = () => (random.whole(2) === 0 ? hostile(random) : jsonable(random))
  for (let count = 0; count < 40_000; count++) {
    const frames = Array.from({ length: random.whole(3) }, () => fieldsOf(random, any, ALL_NAMES))
    const fields = fieldsOf(random, any, ALL_NAMES)
    if (random.whole(20) === 0) Object.defineProperty(fields, 'bad', { enumerable: true, get: () => JSON.parse('no') })
    const record = recordOf({ frames, fields, message: random.pick(['plain', 'two\nlines', '\ud800']) })
    const text = random.pick(formatters).format(record)
    JSON.parse(text)
    if (text.includes('\n') || repeatedKey(text) !== undefined) expect.fail(about(`${repeatedKey(text)} in ${text}`))
  }
})

/** What both libraries make of the same calls, 20,000 records each. */
function besidePino(random: Random, paths: readonly string[]): void {
  let theirs = ''
  let ours = ''
  const peer = pino(
    { base: null, redact: { paths: [...paths], censor: '[gone]' } },
    {
      write(line: string) {
        theirs = line
      },
    },
  )
  const { root } = createHierarchy()
  root.setLevel('INFO').addHandler(
    textHandler((text) => {
      ours = text
    }),
  )
  if (paths.length > 0) root.setProcessors([redact({ paths, mask: '[gone]' })])
  // pino: these names mean something to it, or break its redaction.
  const names = FREE_NAMES.filter((name) => !['', '__proto__', 'constructor'].includes(name))
  const value = () => jsonable(random)
  for (let count = 0; count < 20_000; count++) {
    const bound = fieldsOf(random, value, ['service', 'region'])
    const fields = fieldsOf(random, value, names)
    // Its redaction leaves such members out.
    if (paths.length > 0 && JSON.stringify(fields).includes('__proto__')) continue
    peer.child(bound).info(fields, 'hello')
    root.with(bound).info('hello', fields)
    const { level: _l, time: _t, msg, ...expected } = JSON.parse(theirs)
    const { level: _v, timestamp: _s, logger: _g, message, ...rest } = JSON.parse(ours)
    if (msg !== 'hello' || message !== 'hello') expect.fail(about(`${ours}${theirs}`))
    same(sorted(rest), sorted(expected), `${ours}\n${theirs}`)
  }
}

test('20,000 records say the same as those of pino', () => {
  besidePino(createRandom(seed + 2), [])
})

test('20,000 records with three redacted paths say the same as those of pino', () => {
  besidePino(createRandom(seed + 3), ['user', 'card.id', 'path.user.card'])
})

test('20,000 records of anything under redaction: no secret, JSON, no name twice', () => {
  const random = createRandom(seed + 4)
  let text = ''
  const { root, getLogger, dropped } = createHierarchy()
  root.setLevel('INFO').addHandler(
    textHandler((given) => {
      text = given
    }),
  )
  root.setProcessors([redact({ paths: ['card.secret', '*.token'], keys: ['password'] })])
  const any = () => (random.whole(2) === 0 ? hostile(random) : jsonable(random))
  for (let count = 0; count < 20_000; count++) {
    const fields = fieldsOf(random, any, ALL_NAMES)
    fields.card = { secret: 'hunter2', other: any() }
    fields.path = { token: 'hunter2', deep: [{ password: 'hunter2' }] }
    text = ''
    getLogger('app').with(fieldsOf(random, any)).info('hello', fields)
    JSON.parse(text)
    if (text.includes('hunter2') || repeatedKey(text) !== undefined) expect.fail(about(text))
  }
  expect(dropped).toEqual({})
})

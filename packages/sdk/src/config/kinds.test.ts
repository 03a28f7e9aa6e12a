import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createHierarchy, type LogRecord } from '../index.ts'
import { recordOf } from '../testing/record.ts'
import { FORMATTER_KINDS, PYTHON_FORMATTERS } from './formatter-kinds.ts'
import { HANDLER_KINDS } from './handler-kinds.ts'
import { ConfigError, configure, type Entry, type LoggingConfiguration, parseDotenv } from './index.ts'
import { PROCESSOR_KINDS } from './processor-kinds.ts'
import { PYTHON_HANDLERS } from './python-handlers.ts'
import { readPython } from './python-literal.ts'

const directory = mkdtempSync(join(tmpdir(), 'girok-kinds-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What a kind cannot do without, and nothing that it would send anything to. */
const NEEDED: Readonly<Record<string, Entry>> = {
  file: { path: join(directory, 'a.log') },
  'rotating-file': { path: join(directory, 'b.log'), maxBytes: '1MB' },
  'timed-file': { path: join(directory, 'c.log') },
  'daily-file': { directory, name: 'd' },
  http: { url: 'http://127.0.0.1:9' },
  girok: { url: 'http://127.0.0.1:9' },
  loki: { url: 'http://127.0.0.1:9', labels: { job: 'test' } },
  otlp: { url: 'http://127.0.0.1:9' },
  elasticsearch: { url: ['http://127.0.0.1:9'] },
  smtp: { from: 'a@example.com', to: ['b@example.com'] },
  slack: { webhookUrl: 'https://hooks.example.com/x' },
  'rate-limit': { perSecond: 1 },
  sample: { rate: 0.5 },
  'add-fields': { fields: { a: 1 } },
  'drop-fields': { names: ['a'] },
  'rename-fields': { names: { a: 'b' } },
  redact: { keys: ['password'] },
}

describe('every kind can be made of its least', () => {
  test.each(Object.keys(HANDLER_KINDS))('handler %s', async (kind) => {
    const hierarchy = createHierarchy()
    configure(
      { version: 1, handlers: { one: { kind, level: 'CRITICAL', ...NEEDED[kind] } }, root: { handlers: ['one'] } },
      { hierarchy },
    )
    expect(hierarchy.root.handlers[0]?.level).toBe(50)
    await configure({ version: 1 }, { hierarchy }).retired
    expect(hierarchy.root.handlers).toEqual([])
  })

  test.each(Object.keys(FORMATTER_KINDS))('formatter %s', (kind) => {
    const hierarchy = createHierarchy()
    const texts: string[] = []
    const handler = ({ formatter }: { formatter: { format(record: LogRecord): string } }) => ({
      name: 'test',
      level: 0,
      handle: (record: LogRecord) => void texts.push(formatter.format(record)),
    })
    configure(
      {
        version: 1,
        formatters: { one: { kind } },
        handlers: { one: { '()': handler, formatter: 'one' } },
        root: { handlers: ['one'] },
      },
      { hierarchy },
    )
    hierarchy.root.warning('hello')
    expect(texts[0]).toContain('hello')
  })

  test.each(Object.keys(PROCESSOR_KINDS))('processor %s', (kind) => {
    const made = PROCESSOR_KINDS[kind]?.make({ ...NEEDED[kind] } as never)
    expect(() => made?.(recordOf())).not.toThrow()
    expect(made).toBeTypeOf('function')
  })
})

test("Python's arguments stand for options that the kinds have", () => {
  const check = (classes: typeof PYTHON_HANDLERS, kinds: Readonly<Record<string, { keys: object }>>) => {
    for (const [name, python] of Object.entries(classes)) {
      expect(kinds[python.kind], name).toBeDefined()
      const known = Object.keys(kinds[python.kind]?.keys ?? {})
      for (const ours of Object.values(python.arguments)) if (ours !== undefined) expect(known, name).toContain(ours)
    }
  }
  check(PYTHON_HANDLERS, HANDLER_KINDS)
  check(PYTHON_FORMATTERS, FORMATTER_KINDS)
})

describe('whatever is given', () => {
  const entry = fc.oneof(
    fc.anything(),
    fc.record(
      {
        kind: fc.constantFrom(...Object.keys(HANDLER_KINDS), 'x'),
        class: fc.constantFrom(...Object.keys(PYTHON_HANDLERS), 'y'),
        level: fc.anything(),
        filters: fc.anything(),
        formatter: fc.anything(),
        maxBytes: fc.anything(),
        mailhost: fc.anything(),
        address: fc.anything(),
        bogus: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  )
  const configuration = fc.record(
    {
      version: fc.constantFrom(1, 1, 1, '1'),
      incremental: fc.constantFrom(true, false, 0),
      formatters: fc.dictionary(fc.string(), fc.anything()),
      processors: fc.anything(),
      handlers: fc.dictionary(fc.constantFrom('a', 'b'), entry),
      loggers: fc.dictionary(fc.constantFrom('', 'x', 'root'), fc.anything()),
      // Never without a fault.
      root: fc.record({ level: fc.anything(), fault: fc.integer() }),
    },
    { requiredKeys: ['version', 'root'] },
  )

  test('a faulty configuration gives a ConfigError and changes nothing', () => {
    const hierarchy = createHierarchy()
    const handler = { name: 'kept', level: 0, handle: () => {} }
    hierarchy.root.addHandler(handler)
    fc.assert(
      fc.property(configuration, (given) => {
        expect(() => configure(given as unknown as LoggingConfiguration, { hierarchy })).toThrow(ConfigError)
        expect(hierarchy.root.handlers).toEqual([handler])
        expect(hierarchy.configured()).toHaveLength(1)
      }),
      { numRuns: 1500 },
    )
  })

  test('expressions of Python are read or refused', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      "'",
      '"',
      '\\',
      '1',
      '2.5',
      '*',
      '+',
      '-',
      'x.y',
      'None',
      ' ',
      'r',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          readPython(pieces.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      }),
      { numRuns: 5000 },
    )
  })

  test('.env files are read back as they were written', () => {
    const value = fc.string({ unit: fc.constantFrom('a', ' ', '#', '"', '\\', '\n', '\t', "'", '$', '=', '한') })
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/)
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (variables) => {
        const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
        const source = Object.entries(variables).map(([key, text]) => `${key}=${quoted(text)}`)
        expect(parseDotenv(source.join('\n'))).toEqual(variables)
      }),
      { numRuns: 1000 },
    )
  })
})

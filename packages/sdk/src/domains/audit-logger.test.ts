import { createHash, createHmac } from 'node:crypto'
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withContext } from '../index.ts'
import { verifyAuditFile } from './audit-chain.ts'
import { AuditLogger, type PersonalDataAccess } from './audit-logger.ts'
import { fixture } from './testing/fixture.ts'

const ACCESS: PersonalDataAccess = {
  actor: 'user:ops-7',
  action: 'read',
  resource: 'customers',
  subject: 'customer:4711',
  personal_data: ['email', 'birth_date'],
  purpose: 'support ticket 12',
  legal_basis: 'contract',
  outcome: 'success',
}

/** An audit file with some records in it. */
async function audited(count: number, options = {}) {
  const given = fixture()
  const { logDirectory, now } = given
  const audit = new AuditLogger(undefined, { logDirectory, now, ...options })
  for (let i = 0; i < count; i++) audit.logAccess({ ...ACCESS, ticket: i })
  await audit.close()
  const path = audit.path as string
  const change = (edit: (lines: string[]) => string[]) => {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    writeFileSync(path, `${edit(lines).join('\n')}\n`)
  }
  return { ...given, path, change, options: { logDirectory, now, ...options } }
}

test('an access says who, what, whose and which data, why and how it ended', async () => {
  const { files, lines, now } = await audited(1)
  expect(files()).toEqual(['audit/audit.log'])
  expect(lines()).toEqual([
    {
      timestamp: new Date(now()).toISOString(),
      level: 'INFO',
      logger: 'audit',
      message: 'personal_data_access',
      ...ACCESS,
      ticket: 0,
      prev_hash: '0'.repeat(64),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ])
})

test('what is missing is refused, and nothing is recorded', async () => {
  const given = fixture()
  const audit = new AuditLogger('a', { logDirectory: given.logDirectory })
  const refused: [object, string][] = [
    [{ actor: ' ' }, 'an audit record needs actor'],
    [{ purpose: undefined, legal_basis: '' }, 'an audit record needs purpose, legal_basis'],
    [{ personal_data: [] }, 'an audit record needs personal_data (names of the data)'],
    [{ personal_data: 'email' }, 'an audit record needs personal_data (names of the data)'],
    [{ outcome: 'maybe' }, 'an audit record needs outcome (success, denied, failure)'],
  ]
  for (const [change, message] of refused) {
    expect(() => audit.logAccess({ ...ACCESS, ...change } as PersonalDataAccess)).toThrow(new TypeError(message))
  }
  await audit.close()
  expect(given.content()).toBe('')
})

test('no level, filter or processor of the program holds a record back; the line is there when the call returns', async () => {
  const given = fixture()
  given.hierarchy.root.setLevel('OFF').addFilter(() => false)
  given.hierarchy.root.setProcessors([() => undefined])
  const audit = new AuditLogger('a', { logDirectory: given.logDirectory })
  withContext({ request_id: 'r1' }, () => audit.logAccess(ACCESS))
  expect(given.lines()).toEqual([expect.objectContaining({ message: 'personal_data_access', request_id: 'r1' })])
  await audit.close()
})

test('other places get the records too, without the chain', async () => {
  const given = fixture()
  const seen: string[] = []
  let closed = 0
  let flushed = 0
  const handler = {
    name: 'h',
    level: 0,
    handle: ({ message }: { message: string }) => void seen.push(message),
    flush: async () => void flushed++,
    close: async () => void closed++,
  }
  const audit = new AuditLogger('a', { logDirectory: given.logDirectory, handlers: [handler] })
  audit.logAccess(ACCESS)
  await audit.flush()
  await audit.close()
  expect([seen, flushed, closed]).toEqual([['personal_data_access'], 1, 1])
})

test('the chain is SHA-256 over each line up to its hash, and goes on over runs', async () => {
  const { path, options, content } = await audited(3)
  const again = new AuditLogger(undefined, options)
  again.logAccess(ACCESS)
  await again.close()
  let previous = '0'.repeat(64)
  for (const line of content().trimEnd().split('\n')) {
    const { prev_hash, hash } = JSON.parse(line)
    expect(prev_hash).toBe(previous)
    expect(hash).toBe(
      createHash('sha256')
        .update(line.slice(0, line.lastIndexOf(',"hash"')))
        .digest('hex'),
    )
    previous = hash
  }
  expect(await verifyAuditFile(path)).toEqual({ valid: true, records: 4, lastHash: previous, problems: [] })
})

test('lines changed, taken out, moved or added are found', async () => {
  const edits: [string, (lines: string[]) => string[], RegExp, number][] = [
    ['changed', (lines) => lines.map((line) => line.replace('"ticket":2', '"ticket":9')), /was changed/, 3],
    ['taken out', (lines) => lines.toSpliced(1, 1), /does not follow/, 2],
    ['moved', (lines) => [lines[1], lines[0], ...lines.slice(2)] as string[], /does not follow/, 1],
    ['doubled', (lines) => lines.toSpliced(1, 0, lines[0] as string), /does not follow/, 2],
    ['added', (lines) => lines.toSpliced(1, 0, '{"message":"personal_data_access"}'), /not a line of an audit file/, 2],
  ]
  for (const [what, edit, reason, line] of edits) {
    const { path, change } = await audited(4)
    change(edit)
    const { valid, problems } = await verifyAuditFile(path)
    expect([what, valid]).toEqual([what, false])
    expect(problems[0]).toEqual({ line, reason: expect.stringMatching(reason) })
  }
})

test('lines cut off at the end are found by a hash that was kept', async () => {
  const { path, change } = await audited(4)
  const { lastHash: knownHash } = await verifyAuditFile(path)
  expect((await verifyAuditFile(path, { knownHash })).valid).toBe(true)
  change((lines) => lines.slice(0, 2))
  expect((await verifyAuditFile(path)).valid).toBe(true)
  expect((await verifyAuditFile(path, { knownHash })).problems).toEqual([
    { line: 2, reason: expect.stringMatching(/known hash is not in the file/) },
  ])
})

test('with a key nobody else can make the hashes', async () => {
  const { path, content } = await audited(2, { key: 'secret' })
  const line = content().split('\n')[0] ?? ''
  const expected = createHmac('sha256', 'secret')
    .update(line.slice(0, line.lastIndexOf(',"hash"')))
    .digest('hex')
  expect(JSON.parse(line).hash).toBe(expected)
  expect((await verifyAuditFile(path, { key: 'secret' })).valid).toBe(true)
  expect((await verifyAuditFile(path)).problems).toHaveLength(2)
})

test('after a crash in the middle of a line the chain goes on, and the broken line is told', async () => {
  const { path, options } = await audited(3)
  truncateSync(path, readFileSync(path).length - 30)
  const again = new AuditLogger(undefined, options)
  again.logAccess(ACCESS)
  await again.close()
  expect(await verifyAuditFile(path)).toMatchObject({
    valid: false,
    records: 3,
    problems: [{ line: 3, reason: expect.stringMatching(/cut off/) }],
  })
})

test('the last hash is found behind very long lines', async () => {
  const { path, options } = await audited(1)
  const big = new AuditLogger(undefined, options)
  big.logAccess({ ...ACCESS, note: 'x'.repeat(300_000) })
  await big.close()
  appendFileSync(path, 'y'.repeat(100_000))
  const after = new AuditLogger(undefined, options)
  after.logAccess(ACCESS)
  await after.close()
  const { records, problems } = await verifyAuditFile(path)
  expect([records, problems.map(({ line }) => line)]).toEqual([3, [3]])
})

test('a second logger of the same file in a process is refused, until the first is closed', async () => {
  const given = fixture()
  const options = { logDirectory: given.logDirectory }
  const first = new AuditLogger('a', options)
  expect(() => new AuditLogger('a', options)).toThrow(/is written by another AuditLogger/)
  await first.close()
  await new AuditLogger('a', options).close()
})

test('lines may hold anything', async () => {
  const given = fixture()
  const audit = new AuditLogger('a', { logDirectory: given.logDirectory })
  audit.logAccess({ ...ACCESS, note: 'a\u2028b\r\n한국어 👋 \ud800 "hash":"x"' })
  audit.logAccess(ACCESS)
  await audit.close()
  expect(await verifyAuditFile(audit.path as string)).toMatchObject({ valid: true, records: 2 })
})

test('any one byte changed is found', async () => {
  const { path } = await audited(3)
  const whole = readFileSync(path)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ change
      writeFileSync(path, bytes)
      expect((await verifyAuditFile(path)).valid).toBe(false)
    }),
    { numRuns: 200 },
  )
})

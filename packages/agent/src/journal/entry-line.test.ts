import { expect, test } from 'vitest'
import { createEntryLine, unitFamily } from './entry-line.ts'

const fields = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }))
const JOB = new Map([['job', 'systemd-journal']])

const ENTRY = fields({
  __CURSOR: 's=1;i=2',
  __REALTIME_TIMESTAMP: '1795228200000001',
  MESSAGE: 'Accepted publickey',
  PRIORITY: '5',
  _SYSTEMD_UNIT: 'ssh.service',
  _HOSTNAME: 'box',
  _PID: '811',
  PID: '4711',
  CODE_FILE: 'auth.c',
  LEVEL: 'mine',
})

test('the message is the line, the unit a label, the rest metadata by plain names', () => {
  const line = createEntryLine({ json: false, labels: JOB, relabel: undefined })(ENTRY)
  expect(line?.text).toBe('Accepted publickey')
  expect(line?.timeNs).toBe(1_795_228_200_000_001_000n)
  expect(Object.fromEntries(line?.labels ?? [])).toEqual({ job: 'systemd-journal', unit: 'ssh.service' })
  expect(line?.metadata).toEqual([
    ['level', 'info'],
    ['priority', '5'],
    ['hostname', 'box'],
    ['pid', '811'],
    ['field_pid', '4711'],
    ['code_file', 'auth.c'],
    ['field_level', 'mine'],
  ])
})

test('lines of one unit share their labels', () => {
  const lineOf = createEntryLine({ json: false, labels: JOB, relabel: undefined })
  expect(lineOf(ENTRY)?.labels).toBe(lineOf(ENTRY)?.labels)
})

test('json makes the whole entry the line, as does an entry without message', () => {
  const line = createEntryLine({ json: true, labels: JOB, relabel: undefined })(ENTRY)
  expect(JSON.parse(line?.text ?? '')).toMatchObject({ MESSAGE: 'Accepted publickey', _PID: '811', PID: '4711' })
  expect(line?.metadata).toEqual([['level', 'info']])
  const plain = createEntryLine({ json: false, labels: JOB, relabel: undefined })
  expect(plain(fields({ COUNT: '1' }))?.text).toBe('{"COUNT":"1"}')
})

test('relabelling makes the labels of what the entry says, and drops', () => {
  const relabel = (labels: ReadonlyMap<string, string>) => {
    if (labels.get('__journal__hostname') === 'other') return undefined
    const unit = labels.get('__journal__systemd_unit') ?? ''
    return new Map([...labels, ['unit', unit], ['level', labels.get('__journal_priority_keyword') ?? '']])
  }
  const lineOf = createEntryLine({ json: false, labels: JOB, relabel })
  const line = lineOf(ENTRY)
  expect(Object.fromEntries(line?.labels ?? [])).toEqual({
    job: 'systemd-journal',
    unit: 'ssh.service',
    level: 'notice',
  })
  expect(line?.metadata?.map(([name]) => name)).toContain('systemd_unit')
  expect(lineOf(fields({ MESSAGE: 'x', _HOSTNAME: 'other' }))).toBeUndefined()
})

test.for([
  ['ssh.service', 'ssh.service'],
  ['user@1000.service', 'user@1000.service'],
  ['session-12.scope', 'session.scope'],
  ['run-r0a1b2c3d.service', 'run.service'],
  [`docker-${'0a'.repeat(32)}.scope`, 'docker.scope'],
  ['systemd-coredump@3-811-0.service', 'systemd-coredump@.service'],
  ['init.scope', 'init.scope'],
  ['getty@tty1.service', 'getty@tty1.service'],
] as const)('%s is labelled %s', ([unit, label]) => {
  expect(unitFamily(unit)).toBe(label)
})

test('long and repeated metadata is bounded and said to be', () => {
  const line = createEntryLine({ json: false, labels: JOB, relabel: undefined })([
    { name: 'MESSAGE', value: 'begun', cutFrom: 9_999_999 },
    { name: 'DOCUMENTATION', value: 'a' },
    { name: 'DOCUMENTATION', value: 'b' },
    { name: 'COREDUMP', value: 'x'.repeat(100_000), cutFrom: 6_000_000 },
  ])
  const metadata = new Map(line?.metadata)
  expect(metadata.get('_truncated')).toBe('9999999')
  expect(metadata.get('documentation')).toBe('a, b')
  expect(metadata.get('coredump')).toHaveLength(4096)
  expect(metadata.get('_truncated_fields')).toBe('coredump')
})

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'valibot'
import { expect, test, vi } from 'vitest'
import { exportEntry } from '../journal/testing/export-entry.ts'
import type { SourcePosition } from '../model/source.ts'
import { journald } from './journald.ts'
import { type GatheringContext, gatheringContext } from './testing/context.ts'
import { script, testFolder } from './testing/script.ts'

const WAIT = { timeout: 10_000, interval: 20 }

function open(options: object, context: GatheringContext = gatheringContext()) {
  const input = journald.open(parse(journald.options, options), context)
  input.start()
  return { input, context }
}

/** Where an agent that ended now would find the journal again. */
function keptOf({ written }: GatheringContext): SourcePosition[] {
  const { source, after } = written.at(-1) ?? {}
  return [{ key: source?.key ?? '', identity: source?.identity, place: after ?? null }]
}

const entry = (i: number) =>
  exportEntry([
    ['__CURSOR', `s=1;i=${i}`],
    ['__REALTIME_TIMESTAMP', String(1_795_228_200_000_000 + i)],
    ['_SYSTEMD_UNIT', 'app.service'],
    ['PRIORITY', '3'],
    ['MESSAGE', i % 2 === 0 ? `line ${i}` : `line ${i}\nsecond`],
  ])

test('entries become lines that begin where the entry before ends; a restart goes on behind the last', async () => {
  const folder = testFolder()
  writeFileSync(join(folder, 'entries'), Buffer.concat([entry(1), entry(2)]))
  const command = script(`echo "$@" >> ${folder}/asked; cat ${folder}/entries; sleep 1000`, folder)
  const { input, context } = open({ command, units: ['app.service'], matches: ['_COMM=app'], maxAge: '1h' })
  await vi.waitFor(() => expect(context.texts()).toEqual(['line 1\nsecond', 'line 2']), WAIT)
  await input.stop()
  const [beginning, ...rest] = context.written
  expect([beginning?.lines, beginning?.after]).toEqual([[], expect.stringMatching(/^@\d+$/)])
  const lines = rest.flatMap(({ lines }) => lines)
  expect(lines.map(({ place }) => place)).toEqual([beginning?.after, 's=1;i=1'])
  expect(rest.at(-1)?.after).toBe('s=1;i=2')
  expect(Object.fromEntries(lines[0]?.labels ?? [])).toEqual({ job: 'systemd-journal', unit: 'app.service' })

  const again = open(
    { command, units: ['app.service'], matches: ['_COMM=app'] },
    gatheringContext({ kept: keptOf(context) }),
  )
  await vi.waitFor(() => expect(again.context.texts()).toHaveLength(2), WAIT)
  await again.input.stop()
  const head = '--output=export --follow --no-tail --boot=all --no-pager --quiet'
  const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n')
  expect(asked[0]).toMatch(new RegExp(`^${head} --since=@\\d{10} --unit=app.service _COMM=app$`))
  expect(asked[1]).toBe(`${head} --after-cursor=s=1;i=2 --unit=app.service _COMM=app`)
})

test('a journalctl that ends is started again behind the last whole entry, and half an entry is not believed', async () => {
  const folder = testFolder()
  writeFileSync(join(folder, 'first'), Buffer.concat([entry(1), entry(2).subarray(0, -9)]))
  writeFileSync(join(folder, 'second'), Buffer.concat([entry(2), entry(3)]))
  const command = script(
    `case "$*" in *--after-cursor=s=1\\;i=1*) cat ${folder}/second; sleep 1000;; *) cat ${folder}/first; echo broken pipe >&2; exit 1;; esac`,
    folder,
  )
  const { input, context } = open({ command })
  await vi.waitFor(() => expect(context.texts()).toEqual(['line 1\nsecond', 'line 2', 'line 3\nsecond']), WAIT)
  expect(input.status()).toMatchObject([{ name: 'journal', state: 'active', count: 3 }])
  await input.stop()
  expect(context.said).toEqual([
    { level: 'error', message: `journal: ${command} ended with exit code 1: broken pipe; it is started again` },
    { level: 'info', message: 'journal: works again' },
  ])
})

test('rules of Promtail make the labels', async () => {
  const relabel = [
    { source_labels: ['__journal__systemd_unit'], target_label: 'unit', regex: '(.*).service' },
    { source_labels: ['__journal_priority_keyword'], target_label: 'level' },
    { source_labels: ['__journal_message'], regex: 'line 2', action: 'drop' },
  ]
  const folder = testFolder()
  writeFileSync(join(folder, 'entries'), Buffer.concat([entry(1), entry(2)]))
  const { input, context } = open({ command: script(`cat ${folder}/entries; sleep 1000`, folder), relabel })
  await vi.waitFor(() => expect(context.texts()).toEqual(['line 1\nsecond']), WAIT)
  await input.stop()
  const line = context.written.flatMap(({ lines }) => lines)[0]
  expect(Object.fromEntries(line?.labels ?? [])).toEqual({ job: 'systemd-journal', unit: 'app', level: 'error' })
  expect(context.written.at(-1)?.after).toBe('s=1;i=2')
})

test('without journalctl the input waits, and says why once', async () => {
  const { input, context } = open({ command: '/nowhere/journalctl' })
  await vi.waitFor(() => expect(context.said).toHaveLength(1), WAIT)
  await input.stop()
  expect(input.status()[0]).toMatchObject({
    state: 'waiting',
    error: expect.stringMatching(/is not there: this machine/),
  })
  expect(() => parse(journald.options, { matches: ['--flush'] })).toThrow(/is no match/)
  expect(() => parse(journald.options, { relabel: [{ action: 'nonsense' }] })).toThrow(/nonsense/)
})

/** Puts entries into journal files as journald itself has them. */
function addToJournal(folder: string, entries: readonly Buffer[]): void {
  writeFileSync(join(folder, 'export'), Buffer.concat(entries))
  const output = ['--output', join(folder, 'x.journal'), '--split-mode=none']
  execFileSync('/lib/systemd/systemd-journal-remote', [...output, join(folder, 'export')], { stdio: 'pipe' })
}

const real = (second: number, message: string, unit: string) =>
  exportEntry([
    ['__REALTIME_TIMESTAMP', String((Math.floor(Date.now() / 1000) - 3600 + second) * 1_000_000)],
    ['__MONOTONIC_TIMESTAMP', String(second * 1_000_000)],
    ['_BOOT_ID', '4e3e3d1d4bd44be0a5f0fe4a9bb1c0de'],
    ['_SYSTEMD_UNIT', unit],
    ['PRIORITY', '4'],
    ['MESSAGE', message],
  ])

test('a real journal is read by the real journalctl: followed, chosen by unit, resumed at the cursor', async () => {
  const directory = testFolder()
  addToJournal(directory, [
    real(1, 'one', 'a.service'),
    real(2, 'two\nlines', 'b.service'),
    real(3, '안녕', 'a.service'),
  ])
  const first = open({ directory })
  await vi.waitFor(() => expect(first.context.texts()).toEqual(['one', 'two\nlines', '안녕']), WAIT)
  addToJournal(directory, [real(4, 'four', 'a.service')])
  await vi.waitFor(() => expect(first.context.texts().at(-1)).toBe('four'), WAIT)
  await first.input.stop()
  expect(first.context.said).toEqual([])

  addToJournal(directory, [real(5, 'five', 'a.service')])
  const second = open({ directory }, gatheringContext({ kept: keptOf(first.context) }))
  await vi.waitFor(() => expect(second.context.texts()).toEqual(['five']), WAIT)
  await second.input.stop()

  const chosen = open({ directory, units: ['b.service'] })
  await vi.waitFor(() => expect(chosen.context.texts()).toEqual(['two\nlines']), WAIT)
  await chosen.input.stop()
  expect(chosen.context.written.at(-1)?.lines[0]?.metadata).toContainEqual(['level', 'warn'])
})

test('a cursor that journalctl does not know is forgotten, aloud, and the journal read from maxAge on', async () => {
  const directory = testFolder()
  addToJournal(directory, [real(1, 'one', 'a.service')])
  const probe = open({ directory })
  await probe.input.stop()
  const kept = keptOf(probe.context).map((position) => ({ ...position, place: 'garbage' }))
  const { input, context } = open({ directory }, gatheringContext({ kept }))
  await vi.waitFor(() => expect(context.texts()).toEqual(['one']), WAIT)
  await input.stop()
  expect(context.said.map(({ message }) => message).join('\n')).toMatch(/the cursor that was kept is none/)
})

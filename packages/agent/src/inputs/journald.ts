import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { createEntryLine, fieldOf } from '../journal/entry-line.ts'
import { ExportReader, type JournalEntry } from '../journal/export-format.ts'
import { defineInput, type Input, type InputContext } from '../model/input.ts'
import { ConfigProblem } from '../model/problem.ts'
import type { Place, Source, SourceLine } from '../model/source.ts'
import { duration } from '../model/units.ts'
import { compileRelabel, type Relabel } from '../scrape/relabel.ts'
import { Health } from './measuring/health.ts'
import { Beginning, runProgram } from './pipes/program.ts'

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 60_000
/** A journalctl that ran for so long did its work: the next one begins without delay. */
const GOOD_RUN_MS = 60_000

const options = v.strictObject({
  /** The program, and arguments before those of the agent (`[ssh, host, journalctl]`). */
  command: v.optional(v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1))]), 'journalctl'),
  /** Units whose entries are read; none: all. */
  units: v.optional(v.array(v.string()), []),
  /** Matches of journalctl, `_COMM=sshd`: of one field any, of several all. */
  matches: v.optional(
    v.array(v.pipe(v.string(), v.regex(/^([A-Z0-9_]+=.*|\+)$/s, 'is no match: write FIELD=value'))),
    [],
  ),
  /** Folder of journal files; else those of this machine. */
  directory: v.optional(v.string()),
  /** How far back a first start reads. */
  maxAge: duration('7d'),
  /** `end`: a first start reads only what comes from now on. */
  startAt: v.optional(v.picklist(['beginning', 'end']), 'beginning'),
  /** The line is a JSON object of all fields instead of MESSAGE. */
  json: v.optional(v.boolean(), false),
  job: v.optional(v.string(), 'systemd-journal'),
  /** Rules of Prometheus over `__journal_…`; then nothing but they makes labels. */
  relabel: v.optional(
    v.pipe(
      v.array(v.unknown()),
      v.rawTransform<unknown[], Relabel>(({ dataset, addIssue, NEVER }) => {
        try {
          return compileRelabel(dataset.value, 'relabel')
        } catch (error) {
          if (!(error instanceof ConfigProblem)) throw error
          addIssue({ message: error.message })
          return NEVER
        }
      }),
    ),
  ),
})

type Options = v.InferOutput<typeof options>

export const journald = defineInput<Options>({
  name: 'journald',
  summary: "Entries of systemd's journal",
  options,
  pathOptions: ['directory'],
  example: `
units: [ssh.service, docker.service]
maxAge: 12h
`,
  open: (given, context) => openJournal(given, context),
})

function openJournal(given: Options, context: InputContext): Input {
  const health = new Health('journal', context)
  const source = sourceOf(given, context)
  const lineOf = createEntryLine({ json: given.json, labels: source.labels, relabel: given.relabel })
  const over = new AbortController()
  const kept = context.kept.find(({ key }) => key === source.key)?.place ?? undefined
  let place: Place = kept ?? beginningOf(given, context.now())
  let reading: Promise<void> | undefined

  function take(entries: readonly JournalEntry[]): Promise<void> | undefined {
    const lines: SourceLine[] = []
    for (const entry of entries) {
      const line = lineOf(entry)
      if (line !== undefined) lines.push({ ...line, place })
      place = fieldOf(entry, '__CURSOR') ?? place
    }
    if (entries.length > 0) context.lines.write(source, lines, place)
    health.add(lines.length)
    return context.lines.room(true)
  }

  async function follow(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!over.signal.aborted) {
      const [command = '', ...before] = typeof given.command === 'string' ? [given.command] : given.command
      const args = [...before, ...argumentsOf(given, place)]
      const reader = new ExportReader()
      const stderr = new Beginning(4096)
      const outcome = await runProgram({ command, args }, undefined, over.signal, {
        stdout: (chunk) => {
          const entries = reader.push(chunk)
          if (entries.length > 0) health.works()
          return take(entries)
        },
        stderr: stderr.add,
      })
      if (over.signal.aborted) return
      const said = stderr.words()
      if (outcome.missing)
        health.waits(`${outcome.fault}: this machine has no systemd, or the agent no right to use it`)
      else {
        const how = outcome.fault ?? `${command} ended with exit code ${outcome.exitCode}`
        health.fails(`${how}${said === '' ? '' : `: ${said}`}; it is started again`)
      }
      if (/seek to cursor/i.test(said)) {
        context.log('warning', 'journal: the cursor that was kept is none; it is read from maxAge on', { place })
        place = beginningOf({ ...given, startAt: 'beginning' }, context.now())
      }
      if (outcome.durationMs > GOOD_RUN_MS) pauseMs = FIRST_PAUSE_MS
      await sleep(pauseMs, undefined, { signal: over.signal }).catch(() => undefined)
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    }
  }

  return {
    start: () => {
      if (reading !== undefined) return
      // A start that reads only what is new keeps to that beginning, also when the agent is stopped before anything came.
      if (kept === undefined) context.lines.write(source, [], place)
      reading = follow()
    },
    stop: async () => {
      over.abort()
      await reading
    },
    status: () => [health.status()],
  }
}

function sourceOf({ directory, units, matches, job }: Options, context: InputContext): Source {
  const chosen = { directory, units, matches }
  return {
    key: `journald:${JSON.stringify(chosen)}`,
    input: context.name,
    labels: new Map([['job', job], ...context.labels]),
    identity: chosen,
  }
}

/** The place of a journal of which nothing was read: a time in seconds since 1970, as journalctl writes it. */
function beginningOf({ maxAge, startAt }: Options, nowMs: number): Place {
  return `@${Math.max(0, Math.floor((nowMs - (startAt === 'end' ? 0 : maxAge)) / 1000))}`
}

function argumentsOf({ directory, units, matches }: Options, place: Place): string[] {
  return [
    '--output=export',
    '--follow',
    // Everything from there on, and not only of this boot, which following would mean by itself.
    '--no-tail',
    '--boot=all',
    '--no-pager',
    '--quiet',
    String(place).startsWith('@') ? `--since=${place}` : `--after-cursor=${place}`,
    ...(directory === undefined ? [] : [`--directory=${directory}`]),
    ...units.map((unit) => `--unit=${unit}`),
    ...matches,
  ]
}

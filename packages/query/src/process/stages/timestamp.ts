import type { Labels } from '../../eval/types.ts'
import { loadZone, UTC, type Zone } from '../../template/time/zone.ts'
import { StageOptions } from '../options.ts'
import { shownValue } from '../problem.ts'
import { defineStage } from '../stage.ts'
import { compileTimeFormat, type TimeFormat } from '../time-format.ts'
import { sourceText } from '../value.ts'

/** `timestamp`: an extracted value becomes the entry's time. */
export const timestamp = defineStage({
  name: 'timestamp',
  summary: 'Makes an extracted value the time of the entry',
  example: {
    source: 'time',
    format: 'RFC3339',
    fallbackFormats: ['UnixMs'],
    location: 'Asia/Seoul',
    actionOnFailure: 'fudge',
  },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['source', 'format', 'fallbackFormats', 'location', 'actionOnFailure'])
    const source = options.requiredText('source', 'time')
    const zone = readZone(options)
    const first = options.requiredText('format', 'RFC3339')
    const formats = [readFormat(options, 'format', first, zone)]
    for (const text of options.texts('fallbackFormats') ?? [])
      formats.push(readFormat(options, 'fallbackFormats', text, zone))
    const fudge = (options.choice('actionOnFailure', ['fudge', 'skip']) ?? 'fudge') === 'fudge'
    return {
      open: ({ now, fault }) => {
        const last = new WeakMap<Labels, { ns: bigint }>()
        return (entry) => {
          const text = sourceText(entry, source)
          const ns = text === undefined ? undefined : read(formats, text, now())
          if (ns !== undefined) entry.timeNs = ns
          else fault('timestamp', text === undefined ? 'missing' : 'unreadable')
          if (!fudge) return true
          const known = last.get(entry.labels)
          // Entries without a time of their own stay right behind the last one that had one.
          if (ns === undefined && known !== undefined) entry.timeNs = known.ns + 1n
          if (known !== undefined) {
            if (ns !== undefined || known.ns < entry.timeNs) known.ns = entry.timeNs
          } else if (ns !== undefined) last.set(entry.labels, { ns })
          return true
        }
      },
    }
  },
})

function readZone(options: StageOptions): Zone {
  const name = options.text('location')
  if (name === undefined) return UTC
  const zone = loadZone(name)
  if (zone === undefined)
    throw options.problem(
      'location',
      `there is no time zone ${shownValue(name)}: give a name such as Asia/Seoul or UTC`,
    )
  return zone
}

function readFormat(options: StageOptions, name: string, text: string, zone: Zone): TimeFormat {
  const format = compileTimeFormat(text, zone)
  if (format !== undefined) return format
  const hint = text.includes('%') ? ' (formats with % are not known)' : ''
  throw options.problem(
    name,
    `${shownValue(text)} is no format of a time${hint}: write the reference time 2006-01-02 15:04:05 as your times are written, or one of RFC3339, RFC3339Nano, ISO8601, ANSIC, UnixDate, RubyDate, RFC822, RFC822Z, RFC850, RFC1123, RFC1123Z, Unix, UnixMs, UnixUs, UnixNs`,
  )
}

function read(formats: readonly TimeFormat[], text: string, nowMs: number): bigint | undefined {
  for (const format of formats) {
    const ns = format(text, nowMs)
    if (ns !== undefined) return ns
  }
  return undefined
}

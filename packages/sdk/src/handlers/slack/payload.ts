import { localTime } from '../../formatters/timestamp.ts'
import { LEVELS, levelName } from '../../level.ts'
import type { LogRecord } from '../../record.ts'

/** What a message shows of a record; it waits and is spooled as JSON. */
export interface Notice {
  /** The same whenever the record is sent again. */
  readonly id: string
  readonly level: number
  readonly text: string
  /** `checkout.ts:42` */
  readonly location: string
  readonly function: string
  /** `YYYY-MM-DD HH:MM:SS`, local. */
  readonly time: string
}

export interface SlackPayload {
  readonly text: string
  readonly attachments: readonly {
    readonly color: 'danger' | 'warning'
    readonly fields: readonly { readonly title: string; readonly value: string; readonly short: boolean }[]
    readonly footer: string
  }[]
}

/** Slack cuts longer fields and texts by itself, in the middle of an escape if need be. */
const FIELD_LENGTH = 3000
const TITLE_LENGTH = 200
/** Longest message of a record that waits. */
const KEPT_LENGTH = FIELD_LENGTH

export function noticeOf(record: LogRecord, id: string): Notice {
  const { source } = record
  return {
    id,
    level: record.level,
    text: (record.message || errorText(record)).slice(0, KEPT_LENGTH + 1),
    location: source === undefined ? 'unknown' : `${source.file}:${source.line}`,
    function: source?.function ?? 'unknown',
    time: localTime(record.timeMs).slice(0, 19),
  }
}

/** A record without a message: that of its first error. */
function errorText({ fields }: LogRecord): string {
  try {
    const error = Object.values(fields ?? {}).find((value) => value instanceof Error)
    return error === undefined ? '(no message)' : `${error.name}: ${error.message}`
  } catch {
    return '(no message)'
  }
}

/** The message of one record. */
export function noticePayload(notice: Notice, title: string): SlackPayload {
  return {
    text: `:warning: *${escaped(levelName(notice.level), TITLE_LENGTH)}* in ${escaped(title, TITLE_LENGTH)}`,
    attachments: [
      {
        color: notice.level >= LEVELS.CRITICAL ? 'danger' : 'warning',
        fields: [
          { title: 'Error', value: escaped(notice.text, FIELD_LENGTH), short: false },
          { title: 'Location', value: escaped(notice.location, FIELD_LENGTH), short: true },
          { title: 'Function', value: escaped(notice.function, FIELD_LENGTH), short: true },
          { title: 'Time', value: notice.time, short: true },
        ],
        footer: notice.id,
      },
    ],
  }
}

/** One message for records that have none of their own: how many of which level, and the first and the last of them. */
export function digestPayload(notices: readonly Notice[], title: string): SlackPayload {
  const counts = new Map<number, number>()
  for (const { level } of notices) counts.set(level, (counts.get(level) ?? 0) + 1)
  const levels = [...counts].sort(([a], [b]) => b - a)
  const list = levels.map(([level, count]) => `${count} ${levelName(level)}`).join(', ')
  const first = notices[0] as Notice
  const last = notices.at(-1) as Notice
  return {
    text: `:warning: *${notices.length} more* in ${escaped(title, TITLE_LENGTH)}: ${escaped(list, TITLE_LENGTH)}`,
    attachments: [
      {
        color: (levels[0]?.[0] ?? 0) >= LEVELS.CRITICAL ? 'danger' : 'warning',
        fields: [
          { title: 'First', value: escaped(`${first.location} ${first.text}`, FIELD_LENGTH), short: false },
          { title: 'Last', value: escaped(`${last.location} ${last.text}`, FIELD_LENGTH), short: false },
          { title: 'Time', value: `${first.time} to ${last.time}`, short: true },
        ],
        footer: `${first.id} to ${last.id}`,
      },
    ],
  }
}

/**
 * Text that Slack shows as it stands: `&`, `<` and `>` are what makes links, mentions and `<!channel>`. Cut to `length`,
 * but not inside of an escape or between surrogates.
 */
function escaped(text: string, length: number): string {
  const whole = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  if (whole.length <= length) return whole
  return `${whole.slice(0, length - 1).replace(/(&[a-z]{0,3}|[\ud800-\udbff])$/, '')}…`
}

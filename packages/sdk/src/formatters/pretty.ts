import type { Fields } from '../fields.ts'
import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import { type Color, type Paint, paint, standardStream, unpainted, wantsColors } from './colors.ts'
import { dateFormatter } from './date-format.ts'
import { prettyError, prettyValue } from './pretty-value.ts'
import { readable, safeFields } from './text.ts'

export interface PrettyOptions {
  /** Default `auto`: when the stream is a terminal, unless NO_COLOR or FORCE_COLOR says otherwise. */
  readonly colors?: boolean | 'auto'
  /** The stream that `auto` looks at, and whose width counts. Default stderr, as of the console handler. */
  readonly stream?: 'stderr' | 'stdout'
  /** strftime format of the time. Default `%H:%M:%S.` and milliseconds. */
  readonly dateFormat?: string
  /** Default `local`. */
  readonly timeZone?: 'local' | 'utc'
  /** Columns up to which fields stay on the line of the message. Default: those of the terminal, else 120. */
  readonly width?: number
}

const COLORS: readonly (readonly [level: number, color: Color])[] = [
  [40, 'red'],
  [30, 'yellow'],
  [20, 'green'],
  [0, 'cyan'],
]

/**
 * Text for development: time, level, logger, message; fields on the same line when all are short, else one a line with
 * their names aligned, objects and long lists over several lines; errors with their stacks and causes below. Everything
 * after the first line is indented, control characters are shown and not obeyed.
 * @throws RangeError for a bad date format or width
 */
export function prettyFormatter(options: PrettyOptions = {}): Formatter {
  const { colors = 'auto', stream = 'stderr', dateFormat, timeZone = 'local' } = options
  const terminal = standardStream(stream)
  const width = options.width ?? terminal?.columns ?? 120
  if (!(width >= 1)) throw new RangeError(`prettyFormatter, width: ${width} columns, it must be 1 or more`)
  const painted = colors === 'auto' ? wantsColors(terminal?.isTTY === true) : colors
  const brush = painted ? paint : unpainted
  const withDate = dateFormatter(dateFormat ?? '%H:%M:%S.%f', timeZone)
  // %f is in microseconds, of which we have thousands only.
  const timeText = dateFormat === undefined ? (timeMs: number) => withDate(timeMs).slice(0, -3) : withDate
  return {
    format(record) {
      const { timeMs, level, logger, message } = record
      const name = levelName(level)
      const head = `${timeText(timeMs)} ${name.padEnd(8)} ${readable(logger)}  ${readable(message)}`
      const color = COLORS.find(([least]) => level >= least)?.[1] ?? 'cyan'
      const line = painted
        ? `${brush('dim', timeText(timeMs))} ${brush(color, name.padEnd(8))} ` +
          `${brush('dim', readable(logger))}  ${level >= 40 ? brush('bold', readable(message)) : readable(message)}`
        : head
      if (record.fields === undefined && record.frame === undefined) return line
      return line + fieldsBlock(safeFields(record), head, width, brush)
    },
  }
}

function fieldsBlock(fields: Fields, head: string, width: number, brush: Paint): string {
  const shown: { key: string; text: string }[] = []
  let errors = ''
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    const key = readable(name)
    if (isError(value)) errors += `\n${prettyError(key, value, brush)}`
    else {
      const text = prettyValue(value, width - 8 - key.length)
      if (text !== undefined) shown.push({ key, text })
    }
  }
  if (shown.length === 0) return errors
  const inline = shown.map(({ key, text }) => `${key}=${text}`).join('  ')
  if (!`${head}${inline}`.includes('\n') && head.length + 2 + inline.length <= width) {
    return `  ${shown.map(({ key, text }) => `${brush('dim', `${key}=`)}${text}`).join('  ')}${errors}`
  }
  const longest = Math.max(...shown.map(({ key }) => key.length))
  let text = ''
  for (const { key, text: value } of shown) {
    text += `\n    ${brush('dim', key.padEnd(longest))}  ${value.replaceAll('\n', '\n    ')}`
  }
  return text + errors
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    // A proxy.
    return false
  }
}

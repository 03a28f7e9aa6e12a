const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const padded = (number: number, columns: number) => String(number).padStart(columns, '0')

/** A moment whose UTC getters give the time of the zone asked for, and by how many minutes that is ahead of UTC. */
interface Moment {
  readonly date: Date
  readonly offsetMinutes: number
}

type Directive = (moment: Moment) => string

/** As C's strftime in the C locale; names of days and months are English whatever the machine speaks. */
const DIRECTIVES: Readonly<Record<string, Directive>> = {
  Y: ({ date }) => padded(date.getUTCFullYear(), 4),
  y: ({ date }) => padded(date.getUTCFullYear() % 100, 2),
  m: ({ date }) => padded(date.getUTCMonth() + 1, 2),
  d: ({ date }) => padded(date.getUTCDate(), 2),
  H: ({ date }) => padded(date.getUTCHours(), 2),
  I: ({ date }) => padded(date.getUTCHours() % 12 || 12, 2),
  M: ({ date }) => padded(date.getUTCMinutes(), 2),
  S: ({ date }) => padded(date.getUTCSeconds(), 2),
  f: ({ date }) => `${padded(date.getUTCMilliseconds(), 3)}000`,
  p: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  a: ({ date }) => (DAYS[date.getUTCDay()] as string).slice(0, 3),
  A: ({ date }) => DAYS[date.getUTCDay()] as string,
  b: ({ date }) => (MONTHS[date.getUTCMonth()] as string).slice(0, 3),
  B: ({ date }) => MONTHS[date.getUTCMonth()] as string,
  j: ({ date }) => padded(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1, 3),
  z: ({ offsetMinutes }) => {
    const minutes = Math.abs(offsetMinutes)
    return `${offsetMinutes < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${padded(minutes % 60, 2)}`
  },
  '%': () => '%',
}

/**
 * Compiles a strftime format: %Y %y %m %d %H %I %M %S %f (microseconds, the last three digits 0) %p %a %A %b %B %j
 * %z (`+0900`) %%. The result takes milliseconds since the epoch and keeps its last text.
 * @throws RangeError for any other directive
 */
export function dateFormatter(format: string, timeZone: 'local' | 'utc'): (timeMs: number) => string {
  const parts: (string | Directive)[] = []
  format.split(/%(.?)/su).forEach((piece, index) => {
    if (index % 2 === 0) {
      parts.push(piece)
      return
    }
    const directive = Object.hasOwn(DIRECTIVES, piece) ? DIRECTIVES[piece] : undefined
    if (directive === undefined) {
      const known = Object.keys(DIRECTIVES).map((name) => `%${name}`)
      throw new RangeError(
        `unknown part %${piece} in the date format ${JSON.stringify(format)}; use ${known.join(' ')}`,
      )
    }
    parts.push(directive)
  })
  let keptMs = Number.NaN
  let kept = ''
  return (timeMs) => {
    if (timeMs !== keptMs) {
      const offsetMinutes = timeZone === 'utc' ? 0 : -new Date(timeMs).getTimezoneOffset()
      const moment = { date: new Date(timeMs + offsetMinutes * 60_000), offsetMinutes }
      kept = ''
      for (const part of parts) kept += typeof part === 'string' ? part : part(moment)
      keptMs = timeMs
    }
    return kept
  }
}

import type { Entry } from '../../../api/entry.ts'
import { flatten, jsonOf, logfmtOf } from '../panel/json-fields.ts'

/** What was read from the line of a record: its fields by LogQL name, and the order of a person's reading. */
export interface LineReading {
  readonly fields: ReadonlyMap<string, string>
  /** For a JSON line: the message, and the other fields as one text. Undefined for any other line. */
  readonly readable: { readonly message: string; readonly rest: string } | undefined
}

/** structlog calls it `event`; elsewhere that is a name beside the message. */
const messageKeys = ['message', 'msg', 'log', 'text', 'event']
/** Fields that stand in columns of their own already. */
const shownElsewhere = new Set([
  ...['time', 'ts', 'timestamp', '_timestamp', 'datetime'],
  ...['level', 'severity', 'lvl', 'levelname', 'detected_level'],
])
const longestRest = 2000
/** Longer lines are not read for the rows: dozens of them are drawn in one frame. The row panel reads them. */
const longestLine = 65_536

const readings = new WeakMap<Entry, LineReading>()

/** Reads the line of a record once; only rows on screen are ever read. */
export function readLine(entry: Entry): LineReading {
  let reading = readings.get(entry)
  if (reading === undefined) {
    reading = read(entry.line)
    readings.set(entry, reading)
  }
  return reading
}

function read(line: string): LineReading {
  const json = jsonOf(line, longestLine)
  if (json === undefined) return { fields: firstWins(logfmtOf(line)), readable: undefined }
  const pairs = flatten(json)
  const messageKey = messageKeys.find((key) => typeof json[key] === 'string')
  let rest = ''
  for (const [name, value] of pairs) {
    if (name === messageKey || shownElsewhere.has(name)) continue
    const text = value === '' || /[\s"=]/.test(value) ? JSON.stringify(value) : value
    rest += `${rest === '' ? '' : ' '}${name}=${text}`
    if (rest.length > longestRest) break
  }
  const message = messageKey === undefined ? '' : String(json[messageKey])
  return { fields: firstWins(pairs), readable: { message, rest } }
}

/** As in LogQL, the first of fields of one name counts. */
function firstWins(pairs: readonly [string, string][]): ReadonlyMap<string, string> {
  return new Map([...pairs].reverse())
}

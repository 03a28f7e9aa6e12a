import type { Assembler } from '../batch/assembler.ts'
import type { JsonCursor } from '../decode/json-cursor.ts'
import { parseCalendar } from '../decode/time-text.ts'
import { type LabelTextOptions, outcomeOf } from './label-text.ts'

const QUOTE = 0x22

/**
 * Decodes the JSON of Loki's first API, `{"streams":[{"labels":"{…}","entries":[{"ts":RFC 3339,"line":"…"}]}]}`, and
 * returns the number of streams. Destroys the body as the current format's decoder does. Throws `bad_request`.
 */
export function decodeLegacyPushJson(cursor: JsonCursor, assembler: Assembler, options: LabelTextOptions): number {
  let streams = 0
  for (let more = cursor.openObject('the push'); more; more = cursor.nextMember()) {
    if (cursor.key() !== 'streams') {
      cursor.skipValue()
      continue
    }
    assembler.restart()
    streams = 0
    for (let item = cursor.openArray('"streams"'); item; item = cursor.nextItem()) {
      let labels = ''
      for (let member = cursor.openObject('an item of "streams"'); member; member = cursor.nextMember()) {
        const name = cursor.key()
        if (name === 'labels') {
          if (cursor.peek() !== QUOTE) cursor.fail('"labels" must be a string like {app="x"}')
          labels = cursor.readString()
        } else if (name === 'entries') {
          assembler.restartStream()
          for (let entry = cursor.openArray('"entries"'); entry; entry = cursor.nextItem())
            decodeEntry(cursor, assembler)
        } else cursor.skipValue()
      }
      assembler.endStream(outcomeOf(labels, options))
      streams++
    }
  }
  cursor.finish()
  return streams
}

function decodeEntry(cursor: JsonCursor, assembler: Assembler): void {
  let time: ReturnType<typeof parseCalendar>
  let line: { start: number; end: number } | undefined
  for (let more = cursor.openObject('an item of "entries"'); more; more = cursor.nextMember()) {
    const name = cursor.key()
    if (name !== 'ts' && name !== 'line') {
      cursor.skipValue()
      continue
    }
    if (cursor.peek() !== QUOTE) cursor.fail(`"${name}" must be a string`)
    if (name === 'ts') {
      const at = cursor.position
      time = parseCalendar(cursor.readString())
      if (time === undefined) cursor.fail('"ts" must be a time like 2025-12-20T12:00:00.123456789Z', at)
    } else {
      cursor.readTextInPlace()
      line = { start: cursor.textStart, end: cursor.textEnd }
    }
  }
  if (time === undefined || line === undefined) cursor.fail('an entry needs "ts" and "line"')
  assembler.entry(time.seconds, time.nanos, line.start, line.end)
}

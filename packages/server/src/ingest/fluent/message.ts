import { ARRAY, MAP, type MsgpackCursor, NIL, TEXT, WHOLE } from './msgpack.ts'

/** A message of the Forward protocol; its records are still where they stand in the bytes. */
export interface ForwardMessage {
  readonly tag: string
  /** What stands at `start`. `message`: a time and a record; `forward`: an array of entries; `packed`: entries in a row. */
  readonly mode: 'message' | 'forward' | 'packed'
  readonly start: number
  readonly end: number
  /** The id that the sender wants back, as MessagePack; undefined when it wants none. */
  readonly chunk: Buffer | undefined
  /** The same as text; empty when there is none. */
  readonly chunkText: string
  /** `text` or empty: the entries stand there as they are. */
  readonly compressed: string
}

interface Options {
  chunk: Buffer | undefined
  chunkText: string
  compressed: string
  signal: number
}

/** Texts of options are ids and words; longer ones are no such thing. */
const MAX_OPTION_TEXT = 256

/**
 * Reads a message but for its records (Forward protocol v1). Undefined for nil, which old versions of fluentd sent as a
 * sign of life. Throws `bad_request`.
 */
export function readMessage(cursor: MsgpackCursor): ForwardMessage | undefined {
  const kind = cursor.kind()
  if (kind === NIL) return undefined
  if (kind !== ARRAY) {
    cursor.fail(
      'a message must be an array: this port speaks the Forward protocol, neither HTTP nor JSON; found a value',
    )
  }
  const count = cursor.openArray('a message')
  if (count < 2) cursor.fail('a message must have a tag and records')
  cursor.openText('the tag')
  const tag = cursor.bytes.toString('utf8', cursor.textStart, cursor.textEnd)
  const mode = modeOf(cursor)
  if (mode === 'message' && count < 3) cursor.fail('a message must have a tag, a time and a record')
  let start = cursor.position
  cursor.skip()
  if (mode === 'message') cursor.skip()
  let end = cursor.position
  if (mode === 'packed') {
    cursor.position = start
    cursor.openText('the entries')
    start = cursor.textStart
    end = cursor.textEnd
  }
  const { chunk, chunkText, compressed, signal } = readOptions(cursor, count > (mode === 'message' ? 3 : 2))
  if (signal !== 0) {
    cursor.fail('metrics or traces (fluent_signal): Girok takes logs by this protocol; send the others by OTLP; found')
  }
  return { tag, mode, start, end, chunk, chunkText, compressed }
}

function modeOf(cursor: MsgpackCursor): ForwardMessage['mode'] {
  const kind = cursor.kind()
  return kind === ARRAY ? 'forward' : kind === TEXT ? 'packed' : 'message'
}

function readOptions(cursor: MsgpackCursor, isThere: boolean): Options {
  const options: Options = { chunk: undefined, chunkText: '', compressed: '', signal: 0 }
  if (!isThere || cursor.kind() === NIL) return options
  if (cursor.kind() !== MAP) cursor.fail('the options must be a map')
  const count = cursor.openMap('the options')
  for (let i = 0; i < count; i++) {
    const name = optionName(cursor)
    const start = cursor.position
    if (name === 'chunk' && cursor.kind() === TEXT) {
      options.chunkText = shortText(cursor, 'chunk')
      options.chunk = cursor.bytes.subarray(start, cursor.position)
    } else if (name === 'compressed' && cursor.kind() === TEXT) {
      options.compressed = shortText(cursor, 'compressed').toLowerCase()
    } else if (name === 'fluent_signal' && cursor.kind() === WHOLE) options.signal = Number(cursor.readWhole())
    else cursor.skip()
  }
  return options
}

/** Empty for what is the name of no option that matters here. */
function optionName(cursor: MsgpackCursor): string {
  const { position } = cursor
  const isText = cursor.kind() === TEXT
  cursor.skip()
  return isText && cursor.position - position <= MAX_OPTION_TEXT ? textAt(cursor, position) : ''
}

function textAt(cursor: MsgpackCursor, position: number): string {
  cursor.position = position
  cursor.openText('a text')
  return cursor.bytes.toString('latin1', cursor.textStart, cursor.textEnd)
}

function shortText(cursor: MsgpackCursor, what: string): string {
  cursor.openText(what)
  if (cursor.textEnd - cursor.textStart > MAX_OPTION_TEXT)
    cursor.fail(`${what} is longer than ${MAX_OPTION_TEXT} bytes`)
  // Binary ids must stay different from one another.
  return cursor.bytes.toString('latin1', cursor.textStart, cursor.textEnd)
}

import { GirokError } from '../../model/errors.ts'
import { levelOfNumber, levelOfText } from '../../model/level-words.ts'
import type { Assembler } from '../batch/assembler.ts'
import { labelName } from '../batch/label-name.ts'
import { hasMetadataName, metadataName } from '../batch/metadata-name.ts'
import { MAX_MALFORMED } from '../batch/refusals.ts'
import { abbreviate, type StreamDirectory, type StreamOutcome } from '../batch/stream-directory.ts'
import { instantOf } from '../decode/instant.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { parseEpoch } from '../decode/time-text.ts'
import type { IngestLimits } from '../limits.ts'
import { KEPT_SEVERITIES } from '../syslog/severities.ts'

const QUOTE = 0x22
const NEWLINE = 0x0a
const LETTER_N = 0x6e
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b

export interface MessageDecoderOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  /** Additional fields that become labels, without their underscore. */
  readonly labels: readonly string[]
  /** Refuse what the specification forbids although Graylog takes it. */
  readonly isStrict: boolean
}

/** The fields of a message that have a meaning of their own; texts as ranges with their quotes. */
interface Known {
  host: Range | undefined
  shortMessage: Range | undefined
  message: Range | undefined
  fullMessage: Range | undefined
  timestamp: Range | undefined
  level: Range | undefined
  version: Range | undefined
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Where a text will stand in the batch's bytes, and its first byte. */
interface Line extends Range {
  readonly first: number | undefined
}

/** Why a message is refused. */
class Refusal extends Error {}

/**
 * Puts GELF messages (1.0 and 1.1) into a batch, under the rules by which Graylog takes them. The bytes must be valid
 * UTF-8, are the assembler's body and are overwritten: texts are unescaped where they stand.
 */
export class MessageDecoder {
  readonly #bytes: Buffer
  readonly #assembler: Assembler
  readonly #options: MessageDecoderOptions
  readonly #cursor: JsonCursor
  readonly #values: JsonCursor
  #known: Known = nothingKnown()
  #metadata = new Map<string, string>()
  #labels: [string, string][] = []
  #malformed = 0
  #openKey = ''
  #open: StreamOutcome | undefined

  constructor(bytes: Buffer, assembler: Assembler, options: MessageDecoderOptions) {
    this.#bytes = bytes
    this.#assembler = assembler
    this.#options = options
    this.#cursor = new JsonCursor(bytes)
    this.#values = new JsonCursor(bytes)
  }

  /** One message at `bytes[start … end)`; nothing but white space is none. `from` stands for a host that is not given. */
  message(start: number, end: number, from: string, receivedMs: number): void {
    const cursor = this.#cursor
    cursor.position = start
    cursor.end = end
    if (cursor.peek() === -1) return
    this.#attempt(() => {
      this.#read()
      cursor.finish()
      this.#take(from, receivedMs)
    })
  }

  /** Messages one after the other, as Graylog's bulk receiving has them; returns how many there were. */
  messages(from: string, receivedMs: number): number {
    const cursor = this.#cursor
    let count = 0
    while (cursor.peek() !== -1) {
      count++
      const start = cursor.position
      const isGood = this.#attempt(() => {
        this.#read()
        this.#take(from, receivedMs)
      })
      if (isGood || cursor.position === this.#endOfRead) continue
      const newline = this.#bytes.indexOf(NEWLINE, start)
      if (newline === -1) break
      cursor.position = newline
    }
    return count
  }

  /** Closes the last stream. */
  finish(): void {
    if (this.#open !== undefined) this.#assembler.endStream(this.#open)
  }

  /** Where the message ended that could be read last, whatever came of it. */
  #endOfRead = -1

  /** True when the message was taken. */
  #attempt(step: () => void): boolean {
    try {
      step()
      return true
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof GirokError && error.code === 'bad_request')) throw error
      this.#assembler.refusals.add('malformed_record', 1, () => `GELF message refused: ${error.message}`)
      if (++this.#malformed <= MAX_MALFORMED) return false
      throw new GirokError('bad_request', `more than ${MAX_MALFORMED} messages: ${this.#assembler.refusals.text()}`)
    }
  }

  /** Reads the fields of the message at the cursor. */
  #read(): void {
    const cursor = this.#cursor
    this.#endOfRead = -1
    this.#known = nothingKnown()
    this.#metadata = new Map()
    this.#labels = []
    for (let more = cursor.openObject('a GELF message'); more; more = cursor.nextMember()) {
      const name = cursor.key()
      cursor.peek()
      const start = cursor.position
      cursor.skipValue()
      this.#field(name, { start, end: cursor.position })
    }
    this.#endOfRead = cursor.position
  }

  #field(name: string, value: Range): void {
    const known = this.#known
    if (name === 'host') known.host ??= value
    else if (name === 'short_message') known.shortMessage ??= value
    else if (name === 'message') known.message ??= value
    else if (name === 'full_message') known.fullMessage ??= value
    else if (name === 'timestamp') known.timestamp ??= value
    else if (name === 'level') known.level ??= value
    else if (name === 'version') known.version ??= value
    else this.#additional(name.length > 1 && name.startsWith('_') ? name.slice(1) : name, value)
  }

  #additional(name: string, value: Range): void {
    if (this.#bytes[value.start] === LETTER_N || !hasMetadataName(name)) return
    const text = this.#text(value)
    if (text === '') return
    const first = this.#bytes[value.start]
    if (this.#options.labels.includes(name) && first !== OPEN_BRACE && first !== OPEN_BRACKET) {
      this.#labels.push([labelName(name), text])
      return
    }
    const normal = metadataName(name)
    if (!this.#metadata.has(normal)) this.#metadata.set(normal, text)
  }

  /** Makes a record of what was read. */
  #take(from: string, receivedMs: number): void {
    const { host, shortMessage, message, fullMessage, timestamp, level, version } = this.#known
    const short = shortMessage ?? message
    if (short === undefined) throw new Refusal('it has no "short_message"')
    if (this.#bytes[short.start] !== QUOTE) throw new Refusal(`"short_message" is no text: ${this.#shown(short)}`)
    const hostText = this.#hostText(host, from)
    if (this.#options.isStrict) this.#checkVersion(version)
    const levelText = level === undefined ? '' : this.#text(level)
    const severity = KEPT_SEVERITIES.get(Number(levelText))
    if (severity !== undefined) this.#metadata.set('severity', severity)
    const time = timestamp === undefined ? undefined : parseEpoch(this.#text(timestamp))
    const isTimed = time !== undefined && (time.seconds > 0 || time.nanos > 0)
    const { seconds, nanos } = isTimed ? time : instantOf(receivedMs)
    this.#useStream([['host', hostText], ...this.#labels])
    const line = this.#line(short, fullMessage)
    // Docker knows only by which of its outputs a program wrote; a line of JSON knows its level itself.
    const isDocker = this.#metadata.has('container_id') && line.first === OPEN_BRACE
    const known = isDocker ? 0 : levelOf(levelText)
    if (this.#metadata.size === 0) this.#assembler.entry(seconds, nanos, line.start, line.end, known)
    else this.#assembler.entryWithMetadata(seconds, nanos, line.start, line.end, [...this.#metadata].flat(), known)
  }

  #hostText(host: Range | undefined, from: string): string {
    if (host === undefined) {
      if (this.#options.isStrict) throw new Refusal('it has no "host"')
      return from
    }
    const text = this.#bytes[host.start] === QUOTE ? this.#text(host) : ''
    if (text.trim() === '') throw new Refusal(`"host" is empty or no text: ${this.#shown(host)}`)
    return text
  }

  #checkVersion(version: Range | undefined): void {
    const text = version === undefined ? '' : this.#text(version)
    if (text !== '1.0' && text !== '1.1')
      throw new Refusal(`"version" is neither "1.0" nor "1.1": ${abbreviate(text, 40)}`)
  }

  /** The full message where it holds the short one; both, where it does not. */
  #line(short: Range, full: Range | undefined): Line {
    const head = this.#textInPlace(short)
    if (full === undefined || this.#bytes[full.start] !== QUOTE) return head
    const whole = this.#textInPlace(full)
    const shortText = this.#bytes.subarray(head.start, head.end)
    const fullText = this.#bytes.subarray(whole.start, whole.end)
    if (fullText.length === 0) return head
    if (fullText.includes(shortText)) return whole
    const both = Buffer.concat([shortText, Buffer.of(NEWLINE), fullText])
    const start = this.#assembler.foreignText(both)
    return { start, end: start + both.length, first: both[0] }
  }

  #textInPlace(text: Range): Line {
    this.#values.position = text.start
    this.#values.readTextInPlace()
    const { textStart: start, textEnd: end } = this.#values
    return { start, end, first: this.#bytes[start] }
  }

  #text({ start, end }: Range): string {
    if (this.#bytes[start] !== QUOTE) return this.#bytes.toString('utf8', start, end)
    this.#values.position = start
    return this.#values.readString()
  }

  #shown({ start, end }: Range): string {
    return abbreviate(this.#bytes.toString('utf8', start, Math.min(end, start + 200)), 40)
  }

  #useStream(pairs: readonly (readonly [string, string])[]): void {
    const key = JSON.stringify(pairs)
    if (this.#open !== undefined) {
      if (key === this.#openKey) return
      this.#assembler.endStream(this.#open)
    }
    const { tenant, limits, directory } = this.#options
    this.#openKey = key
    this.#open = directory.outcome(tenant, key, limits, () => pairs)
  }
}

function levelOf(text: string): number {
  return /^\d$/.test(text) ? levelOfNumber(Number(text), 'syslog') : levelOfText(text, 'syslog')
}

function nothingKnown(): Known {
  return {
    host: undefined,
    shortMessage: undefined,
    message: undefined,
    fullMessage: undefined,
    timestamp: undefined,
    level: undefined,
    version: undefined,
  }
}

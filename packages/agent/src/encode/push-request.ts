import { bufferOf, FieldWalker } from './field-walker.ts'

export interface PushEntry {
  readonly timeNs: bigint
  /** UTF-8; a view of the message. */
  readonly line: Uint8Array
  readonly metadata: readonly (readonly [name: string, value: string])[]
}

export interface PushStream {
  /** `{app="api"}` */
  readonly labels: string
  readonly entries: readonly PushEntry[]
}

/** Streams of Loki's `PushRequest`, as {@link LogsEncoder} writes it. Throws RangeError when it is not such a message. */
export function* readPushRequest(bytes: Uint8Array): Generator<PushStream> {
  const request = new FieldWalker(bufferOf(bytes))
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) yield readStream(request.message())
  }
}

function readStream(stream: FieldWalker): PushStream {
  let labels = ''
  const entries: PushEntry[] = []
  for (let field = stream.next(); field !== 0; field = stream.next()) {
    if (field === 1) labels = stream.text
    else if (field === 2) entries.push(readEntry(stream.message()))
  }
  return { labels, entries }
}

function readEntry(entry: FieldWalker): PushEntry {
  let timeNs = 0n
  let line: Uint8Array = entry.bytes.subarray(0, 0)
  const metadata: [string, string][] = []
  for (let field = entry.next(); field !== 0; field = entry.next()) {
    if (field === 1) {
      const [seconds, nanos] = readNumbers(entry.message())
      timeNs = BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
    } else if (field === 2) line = entry.bytes.subarray(entry.start, entry.stop)
    else if (field === 3) metadata.push(readTextPair(entry.message()))
  }
  return { timeNs, line, metadata }
}

/** Fields 1 and 2, whole numbers. */
function readNumbers(message: FieldWalker): [number, number] {
  const numbers: [number, number] = [0, 0]
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1 || field === 2) numbers[field - 1] = message.signed
  }
  return numbers
}

/** Fields 1 and 2, texts: a label, or a pair of metadata. */
export function readTextPair(message: FieldWalker): [name: string, value: string] {
  const pair: [string, string] = ['', '']
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1 || field === 2) pair[field - 1] = message.text
  }
  return pair
}

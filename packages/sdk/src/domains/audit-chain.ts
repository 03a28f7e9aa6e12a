import { createHash, createHmac } from 'node:crypto'
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import type { Formatter } from '../formatter.ts'

/** What the first record of a file has as prev_hash. */
const START = '0'.repeat(64)

/** A line of an audit file: all up to its hash, the hash of the line before, its own. */
const SEALED = /^(\{.*,"prev_hash":"([0-9a-f]{64})"),"hash":"([0-9a-f]{64})"\}$/

/** SHA-256 over the text of a line up to its own hash, in which the hash before stands; with a key, HMAC of it. */
function hashOf(text: string | Buffer, key: string | undefined): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  return hash.update(text).digest('hex')
}

/**
 * Chains the lines of a formatter that makes JSON objects: each gets `prev_hash`, that of the line before, and `hash`,
 * over all of its text before it. A line that is changed, added, moved or taken out breaks the chain.
 */
export function chainFormatter(inner: Formatter, previousHash: string = START, key?: string): Formatter {
  let previous = previousHash
  return {
    needsSource: inner.needsSource,
    format(record) {
      const text = `${inner.format(record).slice(0, -1)},"prev_hash":"${previous}"`
      previous = hashOf(text, key)
      return `${text},"hash":"${previous}"}`
    },
  }
}

/** The hash that the next line of a file follows: that of its last whole line. */
export function lastHash(path: string): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return START
    throw error
  }
  try {
    const { size } = fstatSync(file)
    // Twice as much until a sealed line is in it: a line cut off by a crash may stand at the end.
    for (let length = 65_536; ; length *= 2) {
      const from = Math.max(0, size - length)
      const bytes = Buffer.alloc(size - from)
      readSync(file, bytes, 0, bytes.length, from)
      const lines = bytes.toString().split('\n')
      if (from > 0) lines.shift()
      const last = lines.findLast((line) => SEALED.test(line))
      if (last !== undefined) return SEALED.exec(last)?.[3] as string
      if (from === 0) return START
    }
  } finally {
    closeSync(file)
  }
}

export interface AuditVerification {
  readonly valid: boolean
  readonly records: number
  /** Of the last line. Kept elsewhere, it shows at the next verification that no lines were cut off at the end. */
  readonly lastHash: string
  /** At most 100; line numbers count from 1. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
}

export interface VerifyOptions {
  /** The key that the file was written with. */
  readonly key?: string
  /** A hash of an earlier verification, which must still stand in the file. */
  readonly knownHash?: string
}

/**
 * Reads an audit file and follows its chain.
 * @throws the error of the file system when the file cannot be read
 */
export async function verifyAuditFile(path: string, options: VerifyOptions = {}): Promise<AuditVerification> {
  const problems: { line: number; reason: string }[] = []
  let previous = START
  let line = 0
  let records = 0
  let knownSeen = options.knownHash === undefined || options.knownHash === START
  const tell = (reason: string) => {
    if (problems.length < 100) problems.push({ line, reason })
  }
  for await (const text of linesOf(path)) {
    line++
    const [, sealed, before, hash] = SEALED.exec(text) ?? []
    if (sealed === undefined || hash === undefined) {
      tell('not a line of an audit file: it was cut off, or written by something else')
      continue
    }
    records++
    if (before !== previous) tell('does not follow the line before: a line was taken out, added or moved')
    if (hashOf(Buffer.from(sealed, 'latin1'), options.key) !== hash) tell('was changed: its hash is another')
    if (hash === options.knownHash) knownSeen = true
    previous = hash
  }
  if (!knownSeen) tell('the known hash is not in the file: lines were cut off at the end, or the file was replaced')
  return { valid: problems.length === 0, records, lastHash: previous, problems }
}

/**
 * The lines of a file, one character per byte: what is hashed are the bytes themselves. readline would also end lines at
 * U+2028, which JSON may hold.
 */
async function* linesOf(path: string): AsyncIterable<string> {
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'latin1' }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

import * as v from 'valibot'
import type { Input, InputContext, SourceStatus } from '../model/input.ts'
import { bytes, duration } from '../model/units.ts'
import { ENCODINGS } from './encoding.ts'
import { FileTail, type FileTailOptions } from './file-tail.ts'
import { compileGlob, type Glob } from './glob.ts'
import type { CutLine } from './line-cutter.ts'
import { compileLineTest, type LineTest } from './line-pattern.ts'
import { type Piece, Pieces } from './pieces.ts'
import { startTelling, stopTelling } from './read-state.ts'

const glob = v.pipe(
  v.string(),
  v.rawTransform<string, Glob>(({ dataset, addIssue, NEVER }) => {
    try {
      return compileGlob(dataset.value)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      addIssue({ message: error.message })
      return NEVER
    }
  }),
)

/** One pattern, or a list of them. */
const globs = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((given) => (typeof given === 'string' ? [given] : given)),
  v.array(glob),
)

const named = v.pipe(globs, v.minLength(1, 'give at least one path or pattern, such as /var/log/app/*.log'))

/** Which files are followed, and from where on; `include` is what is followed when the option is left away. */
export const followedFiles = (include?: string) => ({
  include: include === undefined ? named : v.optional(named, include),
  exclude: v.optional(globs, []),
  startAt: v.optional(v.picklist(['beginning', 'end']), 'beginning'),
  ignoreOlderThan: duration('0s'),
  maxLineBytes: bytes('256KiB', 1024),
  /** Between two looks at a file that is being written. */
  pollInterval: duration('250ms', 10),
  rotatedQuiet: duration('5s', 100),
})

export const encoding = v.optional(v.picklist(ENCODINGS), 'auto')

/** A regular expression in RE2's syntax that is looked for in lines. */
export const linePattern = v.pipe(
  v.string(),
  v.rawTransform<string, LineTest>(({ dataset, addIssue, NEVER }) => {
    try {
      return compileLineTest(dataset.value, 'firstLine')
    } catch (error) {
      addIssue({ message: (error as Error).message })
      return NEVER
    }
  }),
)

/** A regular expression as JavaScript has it, with the named groups of RE2's spelling too. */
export const pathPattern = v.pipe(
  v.string(),
  v.rawTransform<string, RegExp>(({ dataset, addIssue, NEVER }) => {
    try {
      return new RegExp(dataset.value.replaceAll('(?P<', '(?<'))
    } catch (error) {
      addIssue({ message: `is no regular expression: ${(error as Error).message}` })
      return NEVER
    }
  }),
)

interface FollowedFiles {
  readonly include: readonly Glob[]
  readonly exclude: readonly Glob[]
  readonly startAt: 'beginning' | 'end'
  readonly ignoreOlderThan: number
  readonly maxLineBytes: number
  readonly pollInterval: number
  readonly rotatedQuiet: number
}

const ACTIVE_MS = 60_000

/** An input that follows files. */
export function openFileInput(
  options: FollowedFiles,
  rest: Pick<FileTailOptions, 'kind' | 'encoding' | 'labelsOf' | 'shape'>,
  context: InputContext,
): Input {
  const { include, exclude, startAt, ignoreOlderThan, maxLineBytes, pollInterval, rotatedQuiet } = options
  const ignoreOlderThanMs = ignoreOlderThan === 0 ? undefined : ignoreOlderThan
  const pace = { pollMs: pollInterval, quietMs: rotatedQuiet }
  const startAtEnd = startAt === 'end'
  const tail = new FileTail(
    { include, exclude, startAtEnd, ignoreOlderThanMs, maxLineBytes, ...pace, ...rest },
    context,
  )
  return {
    start() {
      startTelling(tail)
      tail.start()
    },
    async stop() {
      stopTelling(tail)
      await tail.stop()
    },
    status: () => statusOf(tail, include, context.now()),
  }
}

/** How the files of a kind of container runtime are read. */
export interface ContainerFormat extends Pick<FileTailOptions, 'kind' | 'labelsOf'> {
  /** Whose format it is, for messages. */
  readonly of: string
  /** Undefined for a line that is not of the format. */
  readonly read: (text: string) => Piece | undefined
}

/** Options of all inputs that follow containers' files. */
export const containerFiles = (include: string) => ({ ...followedFiles(include), maxWait: duration('3s', 1) })

/** An input that follows the files of containers, whose long lines are split. */
export function openContainerInput(
  options: FollowedFiles & { readonly maxWait: number },
  { kind, labelsOf, of, read }: ContainerFormat,
  context: InputContext,
): Input {
  const { maxLineBytes, maxWait: maxWaitMs } = options
  let told = false
  const reading = ({ text }: CutLine) => {
    const piece = read(text)
    if (piece === undefined && !told) {
      told = true
      const line = text.slice(0, 100)
      context.log('warning', `a line is not in the format of ${of}: such lines are passed on whole`, { line })
    }
    return piece
  }
  const shape = () => new Pieces({ read: reading, maxLineBytes, maxWaitMs })
  return openFileInput(options, { kind, encoding: 'utf-8', labelsOf, shape }, context)
}

function statusOf(tail: FileTail, include: readonly Glob[], nowMs: number): SourceStatus[] {
  const files = tail.files().map(({ path, offset, size, count, lastMs, error }): SourceStatus => {
    const active = lastMs !== undefined && nowMs - lastMs < ACTIVE_MS
    return {
      name: path,
      state: error !== undefined ? 'failing' : active ? 'active' : 'idle',
      count,
      lagBytes: Math.max(0, size - offset),
      ...(lastMs !== undefined && { lastMs }),
      ...(error !== undefined && { error }),
    }
  })
  for (const [name, error] of tail.faults()) files.push({ name, state: 'failing', count: 0, error })
  // Patterns that nothing has ever fitted: configured, but never seen.
  const unseen = include.filter(({ matches }) => !files.some(({ name }) => matches(name)))
  return [...files, ...unseen.map(({ pattern }): SourceStatus => ({ name: pattern, state: 'waiting', count: 0 }))]
}

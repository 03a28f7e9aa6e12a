import { UTC } from '../../template/time/zone.ts'
import { Blocks } from '../blocks.ts'
import { extractedOf, type ProcessEntry } from '../entry.ts'
import { StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'
import { compileTimeFormat, type TimeFormat } from '../time-format.ts'

const RFC3339 = compileTimeFormat('RFC3339Nano', UTC) as TimeFormat
const MOST_LINES = 100
const MOST_CHARACTERS = 1_048_576
/** The rest of a line that the runtime cut comes at once; after this it never comes. */
const MAX_WAIT_MS = 10_000

/** `cri`: takes lines of the Kubernetes runtimes apart: the line, its time, the label `stream`; joins lines that were cut. */
export const cri = defineStage({
  name: 'cri',
  summary: "Reads the lines of Kubernetes' runtimes, and joins those that were cut",
  example: { maxPartialLines: 100, maxPartialLineSize: '1MiB' },
  compile: (given, { at, labels: sets }) => {
    const options = new StageOptions(given, at, ['maxPartialLines', 'maxPartialLineSize', 'maxPartialLineSizeTruncate'])
    const maxLines = options.number('maxPartialLines', { min: 1, max: 10_000, whole: true }) ?? MOST_LINES
    const maxCharacters = Math.min(options.bytes('maxPartialLineSize') || MOST_CHARACTERS, MOST_CHARACTERS * 16)
    options.flag('maxPartialLineSizeTruncate', false)
    const change = sets.change((labels, stream) => {
      labels.set('stream', stream)
    })
    return {
      holds: true,
      open: ({ now, fault }) => {
        const blocks = new Blocks('')
        return {
          push: (entry, out) => {
            const nowMs = now()
            const found = CRI.exec(entry.line)
            if (found === null) {
              fault('cri', 'malformed')
              out(entry)
              return
            }
            const [, time = '', stream = '', flags = ''] = found
            const isPartial = flags === 'P' || flags.startsWith('P:')
            take(entry, time, stream, entry.line.slice(found[0].length), nowMs)
            entry.labels = change(entry.labels, stream)
            const block = blocks.of(entry.labels)
            if (block !== undefined) blocks.append(entry, nowMs)
            else if (isPartial) blocks.open(entry, nowMs, out)
            else {
              out(entry)
              return
            }
            const { lines, length } = blocks.of(entry.labels) as { lines: number; length: number }
            if (!isPartial || lines >= maxLines || length >= maxCharacters) blocks.close(entry.labels, out)
          },
          flush: (nowMs, all, out) => blocks.closeOlder(all ? Number.POSITIVE_INFINITY : nowMs - MAX_WAIT_MS, out),
          held: () => blocks.oldest(),
        }
      },
    }
  },
})

const CRI = /^(\S+) (stdout|stderr) (\S+) ?/

function take(entry: ProcessEntry, time: string, stream: string, content: string, nowMs: number): void {
  const extracted = extractedOf(entry)
  extracted.set('time', time).set('stream', stream).set('content', content)
  const ns = RFC3339(time, nowMs)
  if (ns !== undefined) entry.timeNs = ns
  entry.line = content
}

import { labelsKey } from '../../eval/labels.ts'
import { compileSearch } from '../../eval/regex/test.ts'
import { Blocks } from '../blocks.ts'
import { StageOptions } from '../options.ts'
import { compileRegex } from '../regex.ts'
import { defineStage } from '../stage.ts'

const MOST_CHARACTERS = 262_144
const MOST_LABEL_SETS = 10_000

/** `multiline`: joins lines to blocks, each from a line that looks like a first one to before the next such. */
export const multiline = defineStage({
  name: 'multiline',
  summary: 'Joins lines to one entry: stack traces, for example',
  example: { firstline: '^\\d{4}-\\d\\d-\\d\\d', maxWaitTime: '3s', maxLines: 128 },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['firstline', 'maxWaitTime', 'maxLines', 'maxCharacters'])
    const firstline = options.requiredText('firstline', '^\\d{4}-\\d\\d-\\d\\d')
    compileRegex(firstline, options.path('firstline'))
    const isFirst = compileSearch(firstline)
    const maxWaitMs = options.durationMs('maxWaitTime') ?? 3_000
    const maxLines = options.number('maxLines', { min: 1, max: 100_000, whole: true }) ?? 128
    const maxCharacters = options.number('maxCharacters', { min: 1, max: 16_777_216, whole: true }) ?? MOST_CHARACTERS
    return {
      holds: true,
      open: ({ now }) => {
        const blocks = new Blocks('\n')
        // Lines before the first that begins a block are none's; those behind a block that got too long begin another.
        const begun = new Set<string>()
        return {
          push: (entry, out) => {
            const { labels } = entry
            const block = blocks.of(labels)
            if (isFirst(entry.line)) {
              blocks.close(labels, out)
              if (begun.size >= MOST_LABEL_SETS) begun.clear()
              begun.add(labelsKey(labels))
              blocks.open(entry, now(), out)
            } else if (block !== undefined && block.length + 1 + entry.line.length <= maxCharacters) {
              blocks.append(entry, now())
            } else if (begun.has(labelsKey(labels))) {
              blocks.close(labels, out)
              blocks.open(entry, now(), out)
            } else {
              out(entry)
              return
            }
            const lines = blocks.of(labels)?.lines ?? 0
            if (lines >= maxLines) blocks.close(labels, out)
          },
          flush: (nowMs, all, out) => blocks.closeOlder(all ? Number.POSITIVE_INFINITY : nowMs - maxWaitMs, out),
          held: () => blocks.oldest(),
        }
      },
    }
  },
})

import type { EntryMetadata } from '../entry.ts'
import { checkLabelName, namedTexts } from '../options.ts'
import { StageProblem } from '../problem.ts'
import { defineStage } from '../stage.ts'
import { textOfValue } from '../value.ts'

/** `metadata`: extracted values become structured metadata: beside the line as labels are, but without making streams. */
export const metadata = defineStage({
  name: 'metadata',
  aliases: ['structured_metadata', 'structuredMetadata'],
  summary: 'Makes extracted values structured metadata',
  example: { trace_id: null, user: 'user_id' },
  compile: (given, { at }) => {
    const named = [...namedTexts(given, at, true)]
    if (named.length === 0) throw new StageProblem(at, 'names no value: write metadata: {trace_id: }')
    for (const [name] of named) checkLabelName(name, `${at}.${name}`)
    return {
      open: () => (entry) => {
        if (entry.extracted === undefined) return true
        const added: [string, string][] = []
        for (const [name, source] of named) {
          const value = textOfValue(entry.extracted.get(source))
          if (value !== undefined && value !== '') added.push([name, value])
        }
        if (added.length > 0) entry.metadata = joined(entry.metadata, added)
        return true
      },
    }
  },
})

/** Later values of a name replace earlier ones. */
function joined(before: EntryMetadata, added: EntryMetadata): EntryMetadata {
  if (before.length === 0) return added
  return [...before.filter(([name]) => !added.some(([other]) => other === name)), ...added]
}

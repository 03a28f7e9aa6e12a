import { LogfmtReader } from '../../eval/logfmt/reader.ts'
import { extractedOf } from '../entry.ts'
import { namedTexts, StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'
import { sourceText } from '../value.ts'

/** `logfmt`: extracts values of `key=value` pairs, those named or all. */
export const logfmt = defineStage({
  name: 'logfmt',
  summary: 'Extracts values of key=value pairs',
  example: { mapping: { level: null, took: 'duration' } },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['mapping', 'source'])
    const source = options.text('source')
    const names = options.has('mapping')
      ? namesOfKeys(namedTexts(options.raw('mapping'), options.path('mapping'), true))
      : undefined
    return {
      open: ({ fault }) => {
        const reader = new LogfmtReader()
        return (entry) => {
          const text = sourceText(entry, source)
          if (text === undefined) return true
          reader.start(text)
          let isFaulty = false
          while (reader.next()) {
            if (reader.fault !== '') {
              isFaulty = true
              continue
            }
            if (names === undefined) extractedOf(entry).set(reader.key, reader.value)
            else for (const name of names.get(reader.key) ?? []) extractedOf(entry).set(name, reader.value)
          }
          if (isFaulty) fault('logfmt', 'malformed')
          return true
        }
      },
    }
  },
})

function namesOfKeys(keys: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const [name, key] of keys) names.set(key, [...(names.get(key) ?? []), name])
  return names
}

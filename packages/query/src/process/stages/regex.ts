import { extractedOf } from '../entry.ts'
import { StageOptions } from '../options.ts'
import { compileGroups } from '../regex.ts'
import { defineStage } from '../stage.ts'
import { sourceText } from '../value.ts'

/** `regex`: named groups of the first match are extracted; what does not match stays as it is. */
export const regex = defineStage({
  name: 'regex',
  summary: 'Extracts the named groups of a regular expression (RE2)',
  example: { expression: '^(?P<ip>\\S+) (?P<method>[A-Z]+) (?P<path>\\S+)' },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['expression', 'source'])
    const source = options.text('source')
    const expression = options.requiredText('expression', '^(?P<level>\\w+) (?P<message>.*)$')
    const find = compileGroups(expression, options.path('expression'))
    return {
      open: () => (entry) => {
        const text = sourceText(entry, source)
        if (text !== undefined) find(text, (name, value) => extractedOf(entry).set(name, value))
        return true
      },
    }
  },
})

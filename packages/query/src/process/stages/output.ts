import { StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'
import { sourceText } from '../value.ts'

/** `output`: an extracted value becomes the line. */
export const output = defineStage({
  name: 'output',
  summary: 'Makes an extracted value the line',
  example: { source: 'message' },
  compile: (given, { at }) => {
    const source = new StageOptions(given, at, ['source']).requiredText('source', 'message')
    return {
      open: () => (entry) => {
        const text = sourceText(entry, source)
        if (text !== undefined) entry.line = text
        return true
      },
    }
  },
})

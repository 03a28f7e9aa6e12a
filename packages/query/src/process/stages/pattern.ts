import { capturesOf } from '../../eval/pattern/match.ts'
import { linePatternFault, splitLinePattern } from '../../logql/line-pattern.ts'
import { extractedOf } from '../entry.ts'
import { StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'
import { sourceText } from '../value.ts'

/** `pattern`: the pieces between literal texts are extracted, as by LogQL's stage of the name. */
export const pattern = defineStage({
  name: 'pattern',
  summary: 'Extracts the pieces of a pattern such as <ip> - <user> <_>',
  example: { expression: '<ip> - <user> [<_>] "<method> <path> <_>" <status>' },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['expression', 'source'])
    const source = options.text('source')
    const expression = options.requiredText('expression', '<ip> - <user> <_>')
    const fault = linePatternFault(expression)
    if (fault !== undefined) throw options.problem('expression', fault)
    const parts = splitLinePattern(expression)
    return {
      open: () => (entry) => {
        const text = sourceText(entry, source)
        if (text === undefined) return true
        for (const [name, value] of capturesOf(parts, text)) extractedOf(entry).set(name, value)
        return true
      },
    }
  },
})

import { extractedOf } from '../entry.ts'
import { StageOptions } from '../options.ts'
import { compileRegex, replaceGroups } from '../regex.ts'
import { defineStage } from '../stage.ts'
import { compileStageTemplate, runTemplate, templateData } from '../template.ts'
import { sourceText } from '../value.ts'

/**
 * `replace`: what groups of a regular expression match is replaced by a text, which may be a template of `.Value`; without
 * groups what the whole expression matches. Replaced named groups are extracted, too.
 */
export const replace = defineStage({
  name: 'replace',
  summary: 'Replaces what a regular expression finds, in the line or in an extracted value',
  example: { expression: 'password=(\\S+)', replace: '{{ Sha2Hash "salt" .Value }}' },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['source', 'expression', 'replace'])
    const source = options.text('source')
    const expression = options.requiredText('expression', 'password=(\\S+)')
    const rewrite = replaceGroups(compileRegex(expression, options.path('expression')))
    const text = options.text('replace') ?? ''
    const compiled = text.includes('{{') ? compileStageTemplate(text, options.path('replace')) : undefined
    return {
      open:
        ({ fault }) =>
        (entry) => {
          const before = sourceText(entry, source)
          if (before === undefined) return true
          const after = rewrite(before, (value, name) => {
            let written: string | undefined = text
            if (compiled !== undefined) written = runTemplate(compiled, templateData(entry, value))
            if (written === undefined) fault('replace', 'failed')
            // A secret does not stay because its template failed.
            const result = written ?? ''
            if (name !== undefined) extractedOf(entry).set(name, result)
            return result
          })
          if (source === undefined) entry.line = after
          else if (after !== before) extractedOf(entry).set(source, after)
          return true
        },
    }
  },
})

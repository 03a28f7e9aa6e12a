import { extractedOf } from '../entry.ts'
import { StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'
import { compileStageTemplate, runTemplate, templateData } from '../template.ts'
import { textOfValue } from '../value.ts'

/** `template`: makes an extracted value of others; an empty text takes it away. */
export const template = defineStage({
  name: 'template',
  summary: 'Makes an extracted value by a template',
  example: { source: 'level', template: '{{ if eq .Value "WARN" }}warning{{ else }}{{ ToLower .Value }}{{ end }}' },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['source', 'template'])
    const source = options.requiredText('source', 'level')
    const text = options.requiredText('template', '{{ ToLower .Value }}')
    const compiled = compileStageTemplate(text, options.path('template'))
    return {
      open:
        ({ fault }) =>
        (entry) => {
          const data = templateData(entry, textOfValue(entry.extracted?.get(source)))
          const result = runTemplate(compiled, data)
          if (result === undefined) fault('template', 'failed')
          else if (result === '') entry.extracted?.delete(source)
          else extractedOf(entry).set(source, result)
          return true
        },
    }
  },
})

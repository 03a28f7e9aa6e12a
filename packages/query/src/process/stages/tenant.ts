import { StageOptions } from '../options.ts'
import { StageProblem } from '../problem.ts'
import { defineStage } from '../stage.ts'
import { textOfValue } from '../value.ts'

/** `tenant`: whose the entry is: a fixed name, an extracted value or a label. */
export const tenant = defineStage({
  name: 'tenant',
  summary: 'Sets the tenant of an entry',
  example: { source: 'customer' },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['source', 'value', 'label'])
    const value = options.text('value')
    const source = options.text('source')
    const label = options.text('label')
    if ([value, source, label].filter((one) => one !== undefined && one !== '').length !== 1) {
      throw new StageProblem(at, 'takes one of value (a fixed tenant), source (an extracted value) and label')
    }
    return {
      open: () => (entry) => {
        const chosen =
          value ?? (label === undefined ? textOfValue(entry.extracted?.get(source as string)) : entry.labels.get(label))
        if (chosen !== undefined && chosen !== '') entry.tenant = chosen
        return true
      },
    }
  },
})

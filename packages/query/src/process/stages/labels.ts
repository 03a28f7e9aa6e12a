import { checkLabelName, namedTexts } from '../options.ts'
import { StageProblem } from '../problem.ts'
import { defineStage } from '../stage.ts'
import { textOfValue } from '../value.ts'

/** `labels`: extracted values become labels; what was not extracted, or is empty, leaves them as they are. */
export const labels = defineStage({
  name: 'labels',
  summary: 'Makes extracted values labels',
  example: { level: null, app: 'service' },
  compile: (given, { at, labels: sets }) => {
    const named = [...namedTexts(given, at, true)]
    if (named.length === 0)
      throw new StageProblem(at, 'names no label: write labels: {level: } or labels: {level: lvl}')
    for (const [name] of named) checkLabelName(name, `${at}.${name}`)
    const steps = named.map(([name, source]) => {
      const change = sets.change((labels, value) => {
        labels.set(name, value)
      })
      return { name, source, change }
    })
    return {
      open: () => (entry) => {
        const { extracted } = entry
        if (extracted === undefined) return true
        for (let i = 0; i < steps.length; i++) {
          const { name, source, change } = steps[i] as (typeof steps)[number]
          const value = textOfValue(extracted.get(source))
          if (value !== undefined && value !== '' && entry.labels.get(name) !== value) {
            entry.labels = change(entry.labels, value)
          }
        }
        return true
      },
    }
  },
})

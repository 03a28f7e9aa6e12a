import { checkLabelName, namedTexts } from '../options.ts'
import { defineStage } from '../stage.ts'

/** `staticLabels`: labels with fixed values; an empty value takes the label away. */
export const staticLabels = defineStage({
  name: 'staticLabels',
  aliases: ['static_labels'],
  summary: 'Sets labels to fixed values',
  example: { env: 'production' },
  compile: (given, { at, labels: sets }) => {
    const fixed = namedTexts(given, at, false)
    for (const name of fixed.keys()) checkLabelName(name, `${at}.${name}`)
    const change = sets.change((labels) => {
      for (const [name, value] of fixed) {
        if (value === '') labels.delete(name)
        else labels.set(name, value)
      }
    })
    return {
      open: () => (entry) => {
        entry.labels = change(entry.labels, '')
        return true
      },
    }
  },
})

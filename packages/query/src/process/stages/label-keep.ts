import { labelNames } from '../options.ts'
import { defineStage } from '../stage.ts'

/** `labelKeep`: takes all labels away but those named. */
export const labelKeep = defineStage({
  name: 'labelKeep',
  aliases: ['labelallow', 'labelkeep', 'label_keep'],
  summary: 'Takes all labels away but those named',
  example: ['job', 'level'],
  compile: (given, { at, labels: sets }) => {
    const names = labelNames(given, at)
    const change = sets.change((labels) => {
      for (const name of [...labels.keys()]) if (!names.has(name)) labels.delete(name)
    })
    return {
      open: () => (entry) => {
        entry.labels = change(entry.labels, '')
        return true
      },
    }
  },
})

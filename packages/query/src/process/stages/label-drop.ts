import { labelNames } from '../options.ts'
import { defineStage } from '../stage.ts'

/** `labelDrop`: takes labels away. */
export const labelDrop = defineStage({
  name: 'labelDrop',
  aliases: ['labeldrop', 'label_drop'],
  summary: 'Takes labels away',
  example: ['filename', 'pid'],
  compile: (given, { at, labels: sets }) => {
    const names = labelNames(given, at)
    const change = sets.change((labels) => {
      for (const name of names) labels.delete(name)
    })
    return {
      open: () => (entry) => {
        entry.labels = change(entry.labels, '')
        return true
      },
    }
  },
})

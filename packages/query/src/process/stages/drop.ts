import { readConditions } from '../condition.ts'
import { defineStage } from '../stage.ts'

/** `drop`: takes out entries that fulfil all conditions given. */
export const drop = defineStage({
  name: 'drop',
  summary: 'Takes out entries that fulfil all conditions',
  example: { source: 'level', expression: '(?i)debug|trace', dropCounterReason: 'debug' },
  compile: (given, { at }) => {
    const { holds, reason } = readConditions(given, at, 'drop_stage')
    return {
      open:
        ({ now, count }) =>
        (entry) => {
          if (!holds(entry, now())) return true
          count('drop', reason, 1)
          return false
        },
    }
  },
})

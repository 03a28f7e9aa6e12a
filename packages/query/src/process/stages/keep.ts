import { readConditions } from '../condition.ts'
import { defineStage } from '../stage.ts'

/** `keep`: takes out entries that do not fulfil all conditions given. */
export const keep = defineStage({
  name: 'keep',
  summary: 'Takes out entries that do not fulfil all conditions',
  example: { source: 'level', expression: '(?i)warn|error|critical' },
  compile: (given, { at }) => {
    const { holds, reason } = readConditions(given, at, 'keep_stage')
    return {
      open:
        ({ now, count }) =>
        (entry) => {
          if (holds(entry, now())) return true
          count('keep', reason, 1)
          return false
        },
    }
  },
})

import { StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'

/** `sample`: lets a share of the entries pass, by chance. */
export const sample = defineStage({
  name: 'sample',
  aliases: ['sampling'],
  summary: 'Lets a share of the entries pass',
  example: { rate: 0.1 },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['rate', 'dropCounterReason'])
    const rate = options.number('rate', { min: 0, max: 1 })
    if (rate === undefined) throw options.problem('rate', 'is missing: give the share that passes, from 0 to 1')
    const reason = options.text('dropCounterReason') ?? 'sampling_stage'
    return {
      open:
        ({ random, count }) =>
        () => {
          if (random() < rate) return true
          count('sample', reason, 1)
          return false
        },
    }
  },
})

import { withoutColors } from '../../eval/stages/decolorize.ts'
import { StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'

/** `decolorize`: takes the escape sequences of terminals out of the line. */
export const decolorize = defineStage({
  name: 'decolorize',
  summary: 'Takes the escape sequences of terminals out of the line',
  example: {},
  compile: (given, { at }) => {
    new StageOptions(given, at, [])
    return {
      open: () => (entry) => {
        entry.line = withoutColors(entry.line)
        return true
      },
    }
  },
})

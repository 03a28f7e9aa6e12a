import { type Evaluated, evaluationError, pointsOf } from './series.ts'

/** Cells (steps of a series, present or not) that may be set aside for each sample that may be held: 9 bytes each. */
const CELLS_PER_SAMPLE = 2

/** Counts the samples that an evaluation holds, and ends it when there are too many. */
export class SampleBudget {
  /** Samples of ranges and points of selectors that were looked at, each step for itself. */
  read = 0
  peak = 0
  private readonly most: number
  private held = 0

  constructor(maxSamples: number) {
    this.most = maxSamples
  }

  /** Asked before columns are set aside, so that no memory is taken that would be refused afterwards. */
  demandRoom(series: number, steps: number): void {
    if (series * steps > this.most * CELLS_PER_SAMPLE) throw tooMany()
  }

  /** Steps of a subquery: each costs time, with or without samples. */
  demandSteps(steps: number): void {
    if (steps > Math.max(this.most, 1000)) throw tooMany()
  }

  /** Runs the evaluation of a node: while it runs its inputs are held, afterwards only what it gives. */
  holding(evaluate: () => Evaluated): Evaluated {
    const before = this.held
    const value = evaluate()
    const points = pointsOf(value)
    this.hold(points)
    this.held = before + points
    return value
  }

  /** Samples of one window, which are held only while a function looks at it. */
  glance(samples: number): void {
    const held = this.held + samples
    if (held > this.peak) this.peak = held
    if (held > this.most) throw tooMany()
  }

  hold(samples: number): void {
    this.held += samples
    if (this.held > this.peak) this.peak = this.held
    if (this.held > this.most) throw tooMany()
  }

  release(samples: number): void {
    this.held -= samples
  }
}

function tooMany() {
  return evaluationError('query processing would load too many samples into memory in query execution')
}

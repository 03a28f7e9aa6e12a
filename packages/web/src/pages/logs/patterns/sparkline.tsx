import { levelOfName } from '../model/level.ts'
import { barsOf, type Pattern } from './pattern-list.ts'

const bars = 48
const height = 22

/** Lines of a pattern over time as small bars; the words are in the label. */
export function Sparkline(props: {
  readonly pattern: Pattern
  readonly startMs: number
  readonly endMs: number
  readonly label: string
}) {
  const { pattern, startMs, endMs, label } = props
  const path = barsOf(pattern, startMs, endMs, bars)
    .map((bar) => {
      const tall = Math.max(1, bar.height * height)
      return `M${(bar.x * bars * 3).toFixed(1)} ${height}v${(-tall).toFixed(1)}h2v${tall.toFixed(1)}z`
    })
    .join('')
  return (
    <svg
      class={`sparkline level-${levelOfName(pattern.level)}`}
      viewBox={`0 0 ${bars * 3} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  )
}

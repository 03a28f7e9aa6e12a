import type { Threshold } from './chart-props.ts'
import { thresholdColours, thresholdOf } from './marks.ts'

interface GaugeProps {
  /** Undefined: there is no number. */
  readonly value: number | undefined
  readonly min: number
  readonly max: number
  readonly thresholds: readonly Threshold[]
  readonly format: (value: number) => string
  /** What screen readers say. */
  readonly label: string
  readonly name: string
}

const radius = 42
const [centreX, centreY] = [50, 50]

/** A value on a half circle from a least to a greatest; thresholds colour the rim and the value. */
export function Gauge({ value, min, max, thresholds, format, label, name }: GaugeProps) {
  const colour = value === undefined ? undefined : thresholdOf(value, thresholds)
  const share = value === undefined ? 0 : shareOf(value, min, max)
  const bands = bandsOf(min, max, thresholds)
  return (
    <figure class="gauge" role="img" aria-label={label} data-testid="gauge" data-colour={colour ?? ''}>
      <svg viewBox="0 0 100 62" aria-hidden="true">
        <path class="gauge-ground" d={arc(0, 1, radius)} />
        {bands.map((band) => (
          <path
            key={band.from}
            class="gauge-band"
            d={arc(band.from, band.to, radius + 6.5)}
            style={{ stroke: thresholdColours[band.colour] }}
          />
        ))}
        {share > 0 ? (
          <path
            class="gauge-value"
            d={arc(0, share, radius)}
            style={{ stroke: colour === undefined ? 'var(--accent)' : thresholdColours[colour] }}
          />
        ) : null}
        <text class={colour === undefined ? 'gauge-number' : `gauge-number at-${colour}`} x="50" y="47">
          {value === undefined ? '–' : format(value)}
        </text>
        <text class="gauge-end" x={centreX - radius} y="60">
          {format(min)}
        </text>
        <text class="gauge-end" x={centreX + radius} y="60">
          {format(max)}
        </text>
      </svg>
      <figcaption title={name} dir="ltr">
        {name}
      </figcaption>
    </figure>
  )
}

/** How far round a value is, 0 to 1. */
export function shareOf(value: number, min: number, max: number): number {
  if (!(max > min) || Number.isNaN(value)) return 0
  return Math.min(1, Math.max(0, (value - min) / (max - min)))
}

/** A piece of the half circle, from and to as shares. */
function arc(from: number, to: number, r: number): string {
  const point = (share: number): string => {
    const angle = Math.PI * (1 - share)
    return `${(centreX + r * Math.cos(angle)).toFixed(3)} ${(centreY - r * Math.sin(angle)).toFixed(3)}`
  }
  return `M${point(from)}A${r} ${r} 0 0 1 ${point(to)}`
}

interface Band {
  readonly from: number
  readonly to: number
  readonly colour: Threshold['colour']
}

/** Where each threshold holds, as shares; what is below the first has no colour. */
export function bandsOf(min: number, max: number, thresholds: readonly Threshold[]): Band[] {
  const sorted = [...thresholds].sort((a, b) => a.value - b.value)
  return sorted
    .map(({ value, colour }, index) => ({
      from: shareOf(value, min, max),
      to: shareOf(sorted[index + 1]?.value ?? max, min, max),
      colour,
    }))
    .filter(({ from, to }) => to > from)
}

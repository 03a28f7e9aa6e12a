import { n, t } from '../../../shell/i18n.ts'
import type { Comparison } from './compare-data.ts'
import { totalsOf } from './differences.ts'
import { showLinesIn } from './show-lines.ts'

interface CountsProps {
  readonly comparison: Comparison
  readonly count: number
  readonly baseCount: number
  /** Makes the query that shows the lines counted. */
  readonly narrow: (query: string) => string
}

/** Both counts as bars on one scale of shares; pressing one shows its lines in its range. */
export function Counts({ comparison, count, baseCount, narrow }: CountsProps) {
  const totals = totalsOf(comparison.answer)
  const [share, baseShare] = [count / totals.lines, baseCount / totals.baseLines]
  const most = Math.max(share, baseShare, 1e-12)
  const bar = (which: 'now' | 'base', lines: number, length: number) => (
    <button
      type="button"
      class={`count-bar count-${which}`}
      disabled={lines === 0}
      title={which === 'now' ? t('compare.linesNow') : t('compare.linesBase')}
      aria-label={
        which === 'now' ? t('compare.countNow', { count: n(lines) }) : t('compare.countBase', { count: n(lines) })
      }
      data-testid={`count-${which}`}
      onClick={() => showLinesIn(which, comparison, narrow)}
    >
      <span class="count-number">{n(lines)}</span>
      <meter class="top-value-bar" min={0} max={1} value={length / most} aria-hidden="true" />
    </button>
  )
  return (
    <span class="counts">
      {bar('now', count, share)}
      {bar('base', baseCount, baseShare)}
    </span>
  )
}

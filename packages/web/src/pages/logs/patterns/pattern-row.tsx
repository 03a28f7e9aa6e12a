import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Entry } from '../../../api/entry.ts'
import { n, t } from '../../../shell/i18n.ts'
import { formatNs } from '../../../time/zone.ts'
import { change, draft, logs, rewrite } from '../model/explorer.ts'
import { levelMarks, levelOfName } from '../model/level.ts'
import { SmallButton } from '../panel/field-row.tsx'
import { type FoundPatterns, fetchExamples } from './pattern-data.ts'
import { excludePattern, includePattern } from './pattern-filter.ts'
import { type Pattern, trendOf, varyingOf } from './pattern-list.ts'
import { PatternText, VaryingText } from './pattern-text.tsx'
import { Sparkline } from './sparkline.tsx'

interface PatternRowProps {
  readonly pattern: Pattern
  readonly from: FoundPatterns
  readonly span: { readonly startMs: number; readonly endMs: number }
}

/** Shows the lines of a pattern in the rows. */
function showLines(pattern: string): void {
  const query = includePattern(logs.peek().query, pattern)
  draft.value = query
  change({ query, view: 'logs', at: undefined })
}

/** A percentage that says "less than" rather than 0. */
function shareText(share: number): string {
  const percent = share * 100
  return percent > 0 && percent < 0.1 ? '<0.1%' : `${n(percent, percent < 10 ? 1 : 0)}%`
}

/** The row of a pattern, and below it examples while it is open. */
export function PatternRow({ pattern, from, span }: PatternRowProps) {
  const open = useSignal(false)
  const level = levelOfName(pattern.level)
  const mark = levelMarks[level]
  const trend = Math.round(trendOf(pattern, span.startMs, span.endMs) * 100)
  const words =
    trend === 0 ? t('patterns.steady') : t('patterns.trend', { change: `${trend > 0 ? '+' : ''}${n(trend)}` })
  const { query } = logs.value
  return (
    <>
      <tr class={`pattern-row level-${level}`} data-testid="pattern">
        <td class="pattern-open">
          <SmallButton
            icon={open.value ? 'down' : 'right'}
            label={open.value ? t('patterns.hideExamples') : t('patterns.showExamples')}
            pressed={open.value}
            testId="pattern-open"
            onClick={() => {
              open.value = !open.value
            }}
          />
        </td>
        <td class="pattern-level level">
          <span class="glyph" aria-hidden="true">
            {mark.glyph}
          </span>
          <span class="level-word">{mark.word === '' ? t('level.unknown') : mark.word}</span>
        </td>
        <td class="pattern-cell">
          <button
            type="button"
            class="pattern-button"
            dir="ltr"
            title={t('patterns.lines')}
            data-testid="pattern-text"
            onClick={() => showLines(pattern.pattern)}
          >
            <PatternText pattern={pattern.pattern} />
          </button>
        </td>
        <td class="number">
          <span data-testid="pattern-count">{n(pattern.count)}</span>
          <span class="dim pattern-share">{shareText(pattern.share)}</span>
          <meter class="top-value-bar" min={0} max={1} value={pattern.share} aria-hidden="true" />
        </td>
        <td class="pattern-trend">
          <Sparkline pattern={pattern} startMs={span.startMs} endMs={span.endMs} label={words} />
        </td>
        <td class="pattern-actions">
          <SmallButton
            icon="plus"
            label={t('patterns.include')}
            testId="pattern-include"
            onClick={() => rewrite(includePattern(query, pattern.pattern))}
          />
          <SmallButton
            icon="minus"
            label={t('patterns.exclude')}
            testId="pattern-exclude"
            onClick={() => rewrite(excludePattern(query, pattern.pattern))}
          />
          <SmallButton
            icon="logs"
            label={t('patterns.lines')}
            testId="pattern-lines"
            onClick={() => showLines(pattern.pattern)}
          />
        </td>
      </tr>
      {open.value ? (
        <tr class="pattern-examples">
          <td />
          <td colSpan={5}>
            <Examples pattern={pattern} from={from} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

/** The newest lines of a pattern, what varies marked. The line that came with the pattern stands in until they are there. */
function Examples({ pattern, from }: { readonly pattern: Pattern; readonly from: FoundPatterns }) {
  const lines = useSignal<readonly Entry[]>([])
  const failed = useSignal('')
  useEffect(() => {
    const abort = new AbortController()
    fetchExamples(from, pattern.pattern, abort.signal).then(
      (entries) => {
        lines.value = entries
      },
      (error: unknown) => {
        if (!abort.signal.aborted) failed.value = error instanceof Error ? error.message : String(error)
      },
    )
    return () => abort.abort()
  }, [from, pattern.pattern, lines, failed])
  const { zone } = logs.value
  return (
    <div data-testid="pattern-examples">
      {lines.value.length === 0 ? (
        <p class="example-line" dir="ltr">
          <VaryingText pieces={varyingOf(pattern.example, pattern.pattern)} />
        </p>
      ) : (
        lines.value.map((entry) => (
          <p key={entry.ts + entry.line} class="example-line" dir="ltr">
            <time class="dim">{formatNs(entry.ts, zone, 3)}</time>{' '}
            <VaryingText pieces={varyingOf(entry.line, pattern.pattern)} />
          </p>
        ))
      )}
      {failed.value === '' ? null : (
        <p class="hint" role="alert">
          {t('patterns.examplesFailed', { reason: failed.value })}
        </p>
      )}
    </div>
  )
}

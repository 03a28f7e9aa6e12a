import { useSignal } from '@preact/signals'
import { Button } from '../../../components/button.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { levelMarks, levelOfName } from '../model/level.ts'
import { includePattern } from '../patterns/pattern-filter.ts'
import { PatternText } from '../patterns/pattern-text.tsx'
import type { ComparedPattern, Comparison } from './compare-data.ts'
import { Counts } from './counts.tsx'
import { countsOf, type Difference, differenceOf, type Filter, passes, totalsOf } from './differences.ts'
import { showLinesIn } from './show-lines.ts'

const filters: readonly Filter[] = ['different', 'new', 'gone', 'changed', 'all']
const rowsAtOnce = 100

/** A sign for each kind of difference, so that it never rests on colour alone. */
const signs: Readonly<Record<Difference, string>> = { new: '+', gone: '−', more: '▲', less: '▼', same: '=' }

/** Which shapes of lines are new, gone, more or less frequent. */
export function ChangedPatterns({ comparison }: { readonly comparison: Comparison }) {
  const filter = useSignal<Filter>('different')
  const limit = useSignal(rowsAtOnce)
  const { patterns } = comparison.answer
  const counts = countsOf(patterns)
  const rows = patterns.filter((one) => passes(one, filter.value))
  return (
    <section class="changed-patterns" aria-labelledby="changed-patterns-title">
      <div class="view-head">
        <h2 id="changed-patterns-title">{t('compare.patterns')}</h2>
        <div class="segments" role="group" aria-label={t('compare.show')}>
          {filters.map((name) => (
            <button
              key={name}
              type="button"
              class="segment"
              aria-pressed={filter.value === name}
              data-testid={`changes-${name}`}
              onClick={() => {
                filter.value = name
              }}
            >
              {t(`compare.filter.${name}`)} <span class="dim">{n(counts[name])}</span>
            </button>
          ))}
        </div>
      </div>
      {rows.length === 0 ? (
        <p class="hint view-note">{counts.different === 0 ? t('compare.noDifference') : t('compare.noneOfKind')}</p>
      ) : null}
      <ul class="changes">
        {rows.slice(0, limit.value).map((pattern) => (
          <Change key={`${pattern.level} ${pattern.pattern}`} pattern={pattern} comparison={comparison} />
        ))}
      </ul>
      {rows.length > limit.value ? (
        <Button
          label={t('patterns.more', { count: n(rows.length - limit.value) })}
          onClick={() => {
            limit.value += rowsAtOnce
          }}
        />
      ) : null}
    </section>
  )
}

function Change({ pattern, comparison }: { readonly pattern: ComparedPattern; readonly comparison: Comparison }) {
  const difference = differenceOf(pattern, totalsOf(comparison.answer))
  const level = levelOfName(pattern.level)
  const narrow = (query: string): string => includePattern(query, pattern.pattern)
  return (
    <li class={`change change-${difference} level-${level}`} data-testid="change">
      <span class="change-kind" data-testid="change-kind">
        <b aria-hidden="true">{signs[difference]}</b> {t(`compare.change.${difference}`)}
      </span>
      <span class="level">
        {level === 'unknown' ? null : (
          <>
            <span class="glyph" aria-hidden="true">
              {levelMarks[level].glyph}
            </span>
            {levelMarks[level].word}
          </>
        )}
      </span>
      <button
        type="button"
        class="pattern-button"
        dir="ltr"
        title={t('patterns.lines')}
        data-testid="change-pattern"
        onClick={() => showLinesIn(pattern.count > 0 ? 'now' : 'base', comparison, narrow)}
      >
        <PatternText pattern={pattern.pattern} />
      </button>
      <Counts comparison={comparison} count={pattern.count} baseCount={pattern.baseCount} narrow={narrow} />
    </li>
  )
}

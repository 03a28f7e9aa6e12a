import { compareTs, type Entry } from '../../../api/entry.ts'
import { urlOf } from '../../../shell/base.ts'
import { n, t } from '../../../shell/i18n.ts'
import { follow } from '../../../shell/router.ts'
import { formatNs } from '../../../time/zone.ts'
import { levelMarks, levelOf } from '../../logs/model/level.ts'
import { readLine } from '../../logs/rows/line-reading.ts'
import { oneLine } from '../../logs/rows/visible-text.ts'
import { address } from '../model/dashboard-state.ts'
import { panelLines } from '../model/fetch-query.ts'
import type { PanelBodyProps } from './body-props.ts'
import { exploreSearch } from './explore-link.ts'

/** The newest records of a query; the log page has the rest. */
export function LinesPanel({ content: { answer }, title }: PanelBodyProps) {
  const { zone } = address.value
  const entries = answer.answers
    .flatMap((one) => (one.kind === 'lines' ? one.entries : []))
    .sort((a, b) => compareTs(b.ts, a.ts))
    .slice(0, panelLines)
  const [first] = answer.answers
  const search = first === undefined ? '' : exploreSearch(first.expr, answer.request.range)
  return (
    <div class="dash-lines" tabIndex={0} role="region" aria-label={title} data-testid="lines">
      <ol>
        {entries.map((entry, index) => (
          <Line key={`${entry.ts} ${index}`} entry={entry} zone={zone} />
        ))}
      </ol>
      <p class="hint dash-lines-end">
        {t('dashboards.lines', { count: n(entries.length) })}{' '}
        <a href={urlOf(`/logs${search}`)} onClick={(event) => follow(event, '/logs', search)}>
          {t('dashboards.allLines')}
        </a>
      </p>
    </div>
  )
}

function Line({ entry, zone }: { readonly entry: Entry; readonly zone: string }) {
  const level = levelOf(entry)
  const { glyph, word } = levelMarks[level]
  const { readable } = readLine(entry)
  return (
    <li class={`dash-line level-${level}`} title={Object.values(entry.labels).join(' ')}>
      <span class="level">
        <span class="glyph" aria-hidden="true">
          {glyph}
        </span>
        {word}
      </span>
      <span class="time">{formatNs(entry.ts, zone)}</span>
      <span class="line" dir="ltr">
        {readable === undefined || readable.message === '' ? (
          oneLine(entry.line)
        ) : (
          <>
            {oneLine(readable.message)}
            <span class="dim">{`  ${oneLine(readable.rest)}`}</span>
          </>
        )}
      </span>
    </li>
  )
}

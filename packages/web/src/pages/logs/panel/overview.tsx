import type { Entry } from '../../../api/entry.ts'
import { msOf } from '../../../api/entry.ts'
import { Button } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import { locale, type MessageKey, t } from '../../../shell/i18n.ts'
import { navigate } from '../../../shell/router.ts'
import { relativeText } from '../../../time/words.ts'
import { formatNs, offsetText } from '../../../time/zone.ts'
import { logs, range } from '../model/explorer.ts'
import type { FieldOrigin, FieldValue } from '../query/rewrite.ts'
import { FieldRow } from './field-row.tsx'
import { flatten, jsonOf, logfmtOf } from './json-fields.ts'
import { MessageText } from './message-text.tsx'

interface Group {
  readonly title: MessageKey
  readonly fields: readonly FieldValue[]
}

/** Fields of a record by where they come from. What the query did not extract is read from the line here. */
export function fieldGroups(entry: Entry): Group[] {
  const of = (fields: Iterable<readonly [string, string]>, origin: FieldOrigin): FieldValue[] =>
    [...fields].map(([name, value]) => ({ name, value, origin }))
  const json = jsonOf(entry.line)
  const fromLine = json === undefined ? logfmtOf(entry.line) : flatten(json)
  const origin: FieldOrigin = json === undefined ? 'logfmt' : 'json'
  const taken = new Set(Object.keys(entry.parsed))
  const parsed = [
    ...of(Object.entries(entry.parsed), origin),
    ...of(
      fromLine.filter(([name]) => !taken.has(name) && !(name in entry.labels) && !(name in entry.meta)),
      origin,
    ),
  ]
  return [
    { title: 'panel.fields' as const, fields: parsed },
    { title: 'panel.metadata' as const, fields: of(Object.entries(entry.meta), 'metadata') },
    { title: 'panel.labels' as const, fields: of(Object.entries(entry.labels), 'label') },
  ].filter((group) => group.fields.length > 0)
}

export function Overview({ entry }: { readonly entry: Entry }) {
  const { zone } = logs.value
  const ms = msOf(entry.ts)
  return (
    <div class="overview">
      <p class="overview-time">
        <span class="mono" data-testid="panel-time">
          {formatNs(entry.ts, zone, 9)}
        </span>{' '}
        <span class="dim">
          {offsetText(ms, zone)} · {relativeText(ms, Date.now(), locale())}
        </span>
      </p>
      <MessageText line={entry.line} />
      {fieldGroups(entry).map((group) => (
        <section key={group.title} class="field-group">
          <h3>{t(group.title)}</h3>
          {group.fields.map((field) => (
            <FieldRow key={field.name} field={field} />
          ))}
        </section>
      ))}
      <Button icon="line" label={t('panel.metrics')} testId="panel-metrics" onClick={() => void toMetrics(entry)} />
    </div>
  )
}

/** Opens the list of metrics that carry labels of the record's stream. */
async function toMetrics({ labels }: Entry): Promise<void> {
  const shown = range.peek()
  if (shown === undefined) return
  const scope = { startMs: Number(shown.from / 1_000_000n), endMs: Number(shown.to / 1_000_000n) }
  try {
    const { metricsPlace } = await import('../../metrics/from-logs.ts')
    const place = await metricsPlace(labels, logs.peek(), scope)
    if (place === undefined) toast(t('panel.noMetrics'))
    else navigate('/explore/metrics', place)
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error))
  }
}

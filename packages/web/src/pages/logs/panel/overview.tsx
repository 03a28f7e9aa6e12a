import type { Entry } from '../../../api/entry.ts'
import { msOf } from '../../../api/entry.ts'
import { locale, type MessageKey, t } from '../../../shell/i18n.ts'
import { relativeText } from '../../../time/words.ts'
import { formatNs, offsetText } from '../../../time/zone.ts'
import { logs } from '../model/explorer.ts'
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
    </div>
  )
}

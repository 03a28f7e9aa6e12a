import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { thresholdOf } from '../../../charts/marks.ts'
import { timeText } from '../../../charts/tables.tsx'
import { formatValue } from '../../../charts/unit.ts'
import { locale, n, t } from '../../../shell/i18n.ts'
import { address } from '../model/dashboard-state.ts'
import type { Field, Table } from '../model/table.ts'
import { sortedRows } from '../model/transform.ts'
import type { PanelBodyProps } from './body-props.ts'

/** Rows laid out at once. */
const mostRows = 500

/** Answers in rows; a click on a heading sorts by it, another turns the order round. */
export function TablePanel(props: PanelBodyProps) {
  const { tables } = props.content
  return (
    <div class="dash-tables">
      {tables.map((table, index) => (
        <Sheet key={`${table.ref} ${index}`} table={table} {...props} />
      ))}
    </div>
  )
}

function Sheet({ table, shown: { panel }, content, title }: PanelBodyProps & { readonly table: Table }) {
  const sort = useSignal<{ readonly name: string; readonly descending: boolean } | undefined>(undefined)
  const by = sort.value
  const rows = useMemo(() => {
    const field = table.fields.find(({ name }) => name === by?.name)
    // Series over time are read from the newest back.
    if (field === undefined) {
      const all = [...Array(table.rows).keys()]
      return table.fields.some(({ kind }) => kind === 'time') ? all.reverse() : all
    }
    return sortedRows(field.values, by?.descending === true)
  }, [table, by])
  const { zone } = address.value
  const { thresholds = [] } = panel
  const cell = (field: Field, row: number): string => {
    const value = field.values[row] ?? null
    if (value === null) return ''
    if (typeof value === 'string') return value
    if (field.kind === 'time') return timeText(value, zone)
    return formatValue(value, content.measure.unit, locale(), 4, panel.decimals)
  }
  const colour = (field: Field, row: number): string => {
    const value = field.values[row]
    const found = field.kind === 'number' && typeof value === 'number' ? thresholdOf(value, thresholds) : undefined
    return found === undefined ? field.kind : `${field.kind} at-${found}`
  }
  return (
    <div class="dash-table" tabIndex={0} role="region" aria-label={title} data-testid="panel-table">
      <table>
        <thead>
          <tr>
            {table.fields.map(({ name, kind }) => (
              <th
                key={name}
                scope="col"
                class={kind}
                aria-sort={by?.name !== name ? undefined : by.descending ? 'descending' : 'ascending'}
              >
                <button
                  type="button"
                  class="sort-button"
                  onClick={() => {
                    const first = kind === 'number'
                    sort.value = { name, descending: by?.name === name ? !by.descending : first }
                  }}
                >
                  {name}
                  <span class="sort-mark" aria-hidden="true">
                    {by?.name !== name ? '' : by.descending ? '↓' : '↑'}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((row) => (
            <tr key={row}>
              {table.fields.map((field) => (
                <td key={field.name} class={colour(field, row)} dir="ltr">
                  {cell(field, row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows > mostRows ? (
        <p class="hint">{t('dashboards.tableMore', { shown: n(mostRows), count: n(table.rows) })}</p>
      ) : null}
    </div>
  )
}

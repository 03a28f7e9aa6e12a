import { t } from '../../../shell/i18n.ts'
import { block } from '../rows/visible-text.ts'
import { ValueActions } from './field-row.tsx'
import { fieldName, type Json, jsonOf } from './json-fields.ts'

/** Children drawn of one node: a node of a million items must not freeze the page. */
const mostChildren = 500

export function JsonTree({ line }: { readonly line: string }) {
  const value = jsonOf(line)
  if (value === undefined) return <p class="page-message">{t('panel.notJson')}</p>
  return (
    <div class="json-tree" data-testid="json-tree">
      <Children value={value} path={[]} inArray={false} />
    </div>
  )
}

function Children(props: { readonly value: Json; readonly path: readonly string[]; readonly inArray: boolean }) {
  const { value, path, inArray } = props
  const isArray = Array.isArray(value)
  const entries: [string, Json][] = isArray
    ? (value as readonly Json[]).map((item, index) => [String(index), item])
    : Object.entries(value as { [key: string]: Json })
  return (
    <ul>
      {entries.slice(0, mostChildren).map(([key, child]) => (
        <Node key={key} name={key} value={child} path={[...path, key]} inArray={inArray || isArray} />
      ))}
      {entries.length > mostChildren ? (
        <li class="dim">{t('panel.more', { n: entries.length - mostChildren })}</li>
      ) : null}
    </ul>
  )
}

interface NodeProps {
  readonly name: string
  readonly value: Json
  readonly path: readonly string[]
  /** LogQL has no name for what lies in an array: it cannot be filtered. */
  readonly inArray: boolean
}

function Node({ name, value, path, inArray }: NodeProps) {
  if (typeof value === 'object' && value !== null) {
    const size = Array.isArray(value) ? value.length : Object.keys(value).length
    const summary = Array.isArray(value) ? `[${size}]` : `{${size}}`
    return (
      <li>
        <details open={path.length < 3}>
          <summary>
            <span class="json-key">{block(name)}</span> <span class="dim">{summary}</span>
          </summary>
          <Children value={value} path={path} inArray={inArray} />
        </details>
      </li>
    )
  }
  const kind = value === null ? 'null' : typeof value
  return (
    <li class="json-leaf">
      <span class="json-key">{block(name)}</span>
      <span class={`json-value json-${kind}`} dir="ltr">
        {typeof value === 'string' ? `"${block(value)}"` : String(value)}
      </span>
      {inArray || value === null ? null : (
        <ValueActions field={{ name: fieldName(path), value: String(value), origin: 'json' }} />
      )}
    </li>
  )
}

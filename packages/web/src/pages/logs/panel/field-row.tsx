import { copyText } from '../../../components/copy.ts'
import { SmallButton } from '../../../components/small-button.tsx'
import { t } from '../../../shell/i18n.ts'
import { logs, rewrite } from '../model/explorer.ts'
import { excludeValue, type FieldValue, includeValue, onlyValue } from '../query/rewrite.ts'
import { toggleColumn } from '../rows/column-heads.tsx'
import { block } from '../rows/visible-text.ts'

export { SmallButton }

/** Buttons that filter by a value. Each writes LogQL into the query box, where one can read what it did. */
export function ValueActions({ field }: { readonly field: FieldValue }) {
  const { query, columns } = logs.value
  const { name } = field
  const value = field.value.length > 80 ? `${field.value.slice(0, 80)}…` : field.value
  return (
    <span class="value-actions">
      <SmallButton
        icon="plus"
        label={t('field.include', { name, value })}
        testId={`include-${name}`}
        onClick={() => rewrite(includeValue(query, field))}
      />
      <SmallButton
        icon="minus"
        label={t('field.exclude', { name, value })}
        testId={`exclude-${name}`}
        onClick={() => rewrite(excludeValue(query, field))}
      />
      <SmallButton
        icon="only"
        label={t('field.only', { name, value })}
        testId={`only-${name}`}
        onClick={() => rewrite(onlyValue(query, field))}
      />
      <SmallButton
        icon="column"
        label={t('field.column', { name })}
        testId={`column-${name}`}
        pressed={columns.some((column) => column.name === name)}
        onClick={() => toggleColumn(name)}
      />
      <SmallButton icon="copy" label={t('field.copy')} onClick={() => void copyText(field.value)} />
    </span>
  )
}

export function FieldRow({ field }: { readonly field: FieldValue }) {
  return (
    <div class="field-row">
      <span class="field-name" title={field.name}>
        {field.name}
      </span>
      <span class="field-value" dir="ltr">
        {block(field.value)}
      </span>
      <ValueActions field={field} />
    </div>
  )
}

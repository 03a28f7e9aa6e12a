import { SmallButton } from '../../../../components/small-button.tsx'
import { t } from '../../../../shell/i18n.ts'

interface ListToolsProps {
  /** What the item is, in words. */
  readonly name: string
  readonly at: number
  readonly count: number
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}

/** Moves an item of a list, or takes it out. */
export function ListTools({ name, at, count, onMove, onRemove }: ListToolsProps) {
  return (
    <span class="list-tools">
      {at > 0 ? <SmallButton icon="up" label={t('editing.up', { name })} onClick={() => onMove(-1)} /> : null}
      {at < count - 1 ? (
        <SmallButton icon="down" label={t('editing.down', { name })} onClick={() => onMove(1)} />
      ) : null}
      <SmallButton icon="trash" label={t('editing.remove', { name })} testId="remove" onClick={onRemove} />
    </span>
  )
}

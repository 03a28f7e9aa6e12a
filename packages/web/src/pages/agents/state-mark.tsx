import { Icon, type IconName } from '../../components/icon.tsx'
import { t } from '../../shell/i18n.ts'
import type { SourceState } from './agent-state.ts'

const icons: Readonly<Record<SourceState, IconName>> = {
  failing: 'close',
  active: 'check',
  idle: 'clock',
  waiting: 'minus',
  unknown: 'help',
}

/** The state of a source by a drawing and a word: colour alone tells nothing to many. */
export function StateMark({ state }: { readonly state: SourceState }) {
  return (
    <span class={`agent-mark ${state}`}>
      <Icon name={icons[state]} size={14} /> {t(`agents.state.${state}`)}
    </span>
  )
}

import { Icon, type IconName } from '../../../components/icon.tsx'
import { type MessageKey, t } from '../../../shell/i18n.ts'

/** States that have a mark of their own. */
export type MarkedState = 'firing' | 'pending' | 'inactive' | 'error' | 'unknown' | 'recording'

const icons: Readonly<Record<MarkedState, IconName>> = {
  firing: 'live',
  pending: 'clock',
  inactive: 'check',
  error: 'close',
  unknown: 'help',
  recording: 'line',
}
const words: Readonly<Record<MarkedState, MessageKey>> = {
  firing: 'alerts.state.firing',
  pending: 'alerts.state.pending',
  inactive: 'alerts.state.inactive',
  error: 'alerts.state.error',
  unknown: 'alerts.state.unknown',
  recording: 'alerts.state.recording',
}

/** Words of a state. */
export function stateWords(state: MarkedState): string {
  return t(words[state])
}

/** A state in words, with a drawing and a colour of its own. */
export function StateMark({ state }: { readonly state: MarkedState }) {
  return (
    <span class={`alert-mark ${state}`} data-state={state}>
      <Icon name={icons[state]} size={14} /> {stateWords(state)}
    </span>
  )
}

import { Icon, type IconName } from '../../../components/icon.tsx'
import { t } from '../../../shell/i18n.ts'

const icons: Readonly<Record<'sent' | 'retrying' | 'failed', IconName>> = {
  sent: 'check',
  retrying: 'history',
  failed: 'close',
}

/** How telling of an alert went. */
export function Outcome({ outcome }: { readonly outcome: string }) {
  const known = outcome === 'sent' || outcome === 'retrying' || outcome === 'failed' ? outcome : undefined
  if (known === undefined) return <span>{outcome}</span>
  return (
    <span class={`alert-mark ${known}`}>
      <Icon name={icons[known]} size={14} /> {t(`alerts.outcome.${known}`)}
    </span>
  )
}

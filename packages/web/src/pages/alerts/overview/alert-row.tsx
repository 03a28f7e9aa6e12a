import { useSignal } from '@preact/signals'
import { takeBackAcknowledgement } from '../../../api/alerting.ts'
import type { ManagedAlert } from '../../../api/alertmanager.ts'
import { Button } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import { urlOf } from '../../../shell/base.ts'
import { t } from '../../../shell/i18n.ts'
import { follow } from '../../../shell/router.ts'
import { wordsOfFault } from '../../polled.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { silenceSearch } from '../parts/silence-place.ts'
import { StateMark } from '../parts/state-mark.tsx'
import { TimeStamp } from '../parts/time-stamp.tsx'
import { AcknowledgeDialog } from './acknowledge-dialog.tsx'
import { askAgain, managedByFingerprint } from './overview-data.ts'

export interface ShownAlert {
  readonly fingerprint: string
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly value?: string
  readonly since: string
}

/** An alert: what it says, since when, what keeps it quiet, and what can be done about it. */
export function AlertRow({ alert, link }: { readonly alert: ShownAlert; readonly link?: string | undefined }) {
  const { fingerprint, state, labels, annotations, value, since } = alert
  const asking = useSignal(false)
  const managed = managedByFingerprint.value.get(fingerprint)
  const acknowledged = managed?.status.acknowledgedBy
  const words = annotations.summary ?? annotations.description ?? annotations.message
  const takeBack = async (): Promise<void> => {
    try {
      await takeBackAcknowledgement(fingerprint)
      askAgain()
    } catch (error) {
      toast(wordsOfFault(error))
    }
  }
  return (
    <li class="alert-row" data-testid="alert" data-alert-state={state}>
      <div class="alert-main">
        <StateMark state={state} />
        {words === undefined ? null : <span class="alert-words">{words}</span>}
        <span class="alert-since dim">
          {value === undefined ? null : <code data-testid="alert-value">{value}</code>} <TimeStamp iso={since} />
        </span>
        <LabelList labels={labels} />
        <Quiet managed={managed} />
      </div>
      <div class="alert-actions">
        <a
          class="button"
          href={urlOf('/alerts/silences') + silenceSearch(labels)}
          data-testid="silence"
          onClick={(event) => follow(event, '/alerts/silences', silenceSearch(labels))}
        >
          {t('alerts.silence')}
        </a>
        {state !== 'firing' ? null : acknowledged === undefined ? (
          <Button
            label={t('alerts.acknowledge')}
            testId="acknowledge"
            onClick={() => {
              asking.value = true
            }}
          />
        ) : (
          <Button label={t('alerts.unacknowledge')} testId="unacknowledge" onClick={() => void takeBack()} />
        )}
        {link === undefined || !/^https?:/.test(link) ? null : (
          <a class="button" href={link} rel="noreferrer" target="_blank">
            {t('alerts.source')}
          </a>
        )}
      </div>
      {asking.value ? (
        <AcknowledgeDialog
          fingerprint={fingerprint}
          labels={labels}
          onClose={() => {
            asking.value = false
          }}
        />
      ) : null}
    </li>
  )
}

/** What keeps an alert from being told, or who has taken it. */
function Quiet({ managed }: { readonly managed: ManagedAlert | undefined }) {
  if (managed === undefined) return null
  const { silencedBy, inhibitedBy, mutedBy = [], acknowledgedBy } = managed.status
  const inhibitors = [
    ...new Set(inhibitedBy.flatMap((one) => managedByFingerprint.value.get(one)?.labels.alertname ?? [])),
  ]
  return (
    <span class="alert-badges">
      {silencedBy.length > 0 ? (
        <a
          class="alert-badge"
          href={`${urlOf('/alerts/silences')}?id=${silencedBy[0]}`}
          data-testid="silenced"
          onClick={(event) => follow(event, '/alerts/silences', `?id=${silencedBy[0]}`)}
        >
          {t('alerts.silenced')}
        </a>
      ) : null}
      {inhibitedBy.length > 0 ? (
        <span class="alert-badge" data-testid="inhibited">
          {inhibitors.length === 0 ? t('alerts.inhibited') : t('alerts.inhibitedBy', { names: inhibitors.join(', ') })}
        </span>
      ) : null}
      {mutedBy.length > 0 ? <span class="alert-badge">{t('alerts.muted', { names: mutedBy.join(', ') })}</span> : null}
      {acknowledgedBy === undefined ? null : (
        <span class="alert-badge" data-testid="acknowledged">
          {t('alerts.acknowledgedBy', { by: acknowledgedBy })}
        </span>
      )}
    </span>
  )
}

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { expireSilence, type ManagedAlert, type ManagedSilence, silencesPath } from '../../../api/alertmanager.ts'
import { Button } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { polled } from '../../polled.ts'
import { changeParams, params } from '../address.ts'
import { managed } from '../overview/overview-data.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { matcherOf, matcherText } from '../parts/matcher-text.ts'
import { ownName } from '../parts/own-name.ts'
import { matchersOfAddress } from '../parts/silence-place.ts'
import { TimeStamp } from '../parts/time-stamp.tsx'
import { alertsMet, draftOf, newDraft } from './silence-draft.ts'
import { SilenceForm } from './silence-form.tsx'

const list = polled<readonly ManagedSilence[]>(silencesPath, 5000)

type State = ManagedSilence['status']['state']
const states: readonly State[] = ['active', 'pending', 'expired']

function ofState(all: readonly ManagedSilence[], state: State): readonly ManagedSilence[] {
  return all.filter(({ status }) => status.state === state)
}

/** Silences by state; making and changing them. The address holds which form is open. */
export function SilencesPage() {
  useEffect(() => {
    const stops = [list.start(), managed.start()]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  const all = list.answer.value
  const chosen = params.value.get('state')
  const state = states.find((one) => one === chosen) ?? 'active'
  const edited = params.value.get('edit')
  const only = params.value.get('id')
  const shown = (all ?? []).filter(({ id, status }) => (only === null ? status.state === state : id === only))
  const close = (): void => changeParams({ new: undefined, m: undefined, edit: undefined }, true)
  const opened = all?.find(({ id }) => id === edited)
  return (
    <>
      <div class="alert-head">
        <h1>{t('alerts.tab.silences')}</h1>
        <Button
          kind="primary"
          icon="plus"
          label={t('alerts.silences.new')}
          testId="new-silence"
          onClick={() => changeParams({ new: '1' })}
        />
      </div>
      <p class="lead">{t('alerts.silences.lead')}</p>
      {list.fault.value === '' ? null : (
        <p class="fault" role="alert" data-testid="silences-fault">
          {list.fault.value}
        </p>
      )}
      {params.value.get('new') === null ? null : (
        <SilenceForm
          key={params.value.getAll('m').join()}
          begun={newDraft(matchersOfAddress(params.value), ownName.peek(), Date.now())}
          onDone={() => {
            close()
            list.askNow()
          }}
          onClose={close}
        />
      )}
      {opened === undefined ? null : (
        <SilenceForm
          key={opened.id}
          begun={draftOf(opened, Date.now())}
          onDone={() => {
            close()
            list.askNow()
          }}
          onClose={close}
        />
      )}
      {only === null ? (
        <div class="view-tabs" role="group" aria-label={t('alerts.silences.state')}>
          {states.map((one) => (
            <button
              key={one}
              type="button"
              class="view-tab"
              aria-pressed={state === one}
              data-testid={`silences-${one}`}
              onClick={() => changeParams({ state: one === 'active' ? undefined : one })}
            >
              {t(`alerts.silences.${one}`)} <span class="dim">{n(ofState(all ?? [], one).length)}</span>
            </button>
          ))}
        </div>
      ) : (
        <Button label={t('alerts.silences.all')} onClick={() => changeParams({ id: undefined })} />
      )}
      {all === undefined ? null : shown.length === 0 ? (
        <p class="card dim" role="status" data-testid="silences-none">
          {t(state === 'active' ? 'alerts.silences.noneActive' : 'alerts.silences.none')}
        </p>
      ) : (
        <ul class="silence-list">
          {shown.map((silence) => (
            <Silence key={silence.id} silence={silence} alerts={managed.answer.value ?? []} />
          ))}
        </ul>
      )}
    </>
  )
}

interface SilenceProps {
  readonly silence: ManagedSilence
  readonly alerts: readonly ManagedAlert[]
}

function Silence({ silence, alerts }: SilenceProps) {
  const asking = useSignal(false)
  const { id, matchers, startsAt, endsAt, createdBy, comment, status, recurrence } = silence
  const count = alerts.filter(({ status: own }) => own.silencedBy.includes(id)).length
  const could = status.state === 'pending' ? alertsMet(matchers.map(matcherOf), alerts)?.length : undefined
  return (
    <li class="card silence" data-testid="silence" data-state={status.state}>
      <div class="silence-main">
        <span class="silence-matchers">
          {matchers.map((one) => (
            <code key={matcherText(matcherOf(one))} class="matcher">
              {matcherText(matcherOf(one))}
            </code>
          ))}
        </span>
        <p>{comment}</p>
        <p class="dim">
          {status.state === 'pending' ? (
            <>
              {t('alerts.silences.starts')} <TimeStamp iso={startsAt} /> ·{' '}
            </>
          ) : null}
          {t(status.state === 'expired' ? 'alerts.silences.ended' : 'alerts.silences.ends')} <TimeStamp iso={endsAt} />{' '}
          · {t('alerts.silences.by', { by: createdBy })}
          {recurrence === undefined || recurrence.length === 0 ? null : <> · {t('alerts.silences.recurs')}</>}
        </p>
        {status.state === 'expired' ? null : (
          <p class="dim" data-testid="silence-count">
            {could === undefined
              ? t('alerts.silences.silences', { count: n(count), n: count })
              : t('alerts.silences.would', { count: n(could), n: could })}
          </p>
        )}
      </div>
      <div class="alert-actions">
        <Button
          label={t(status.state === 'expired' ? 'alerts.silences.again' : 'alerts.edit')}
          testId="edit-silence"
          onClick={() => changeParams({ edit: id, new: undefined, m: undefined })}
        />
        {status.state === 'expired' ? null : (
          <Button
            label={t('alerts.silences.expire')}
            testId="expire-silence"
            onClick={() => {
              asking.value = true
            }}
          />
        )}
      </div>
      {asking.value ? (
        <ConfirmDialog
          title={t('alerts.silences.expireTitle')}
          text={t('alerts.silences.expireText')}
          yes={t('alerts.silences.expire')}
          onYes={async () => {
            await expireSilence(id)
            toast(t('alerts.silences.expired'))
            list.askNow()
          }}
          onClose={() => {
            asking.value = false
          }}
        />
      ) : null}
    </li>
  )
}

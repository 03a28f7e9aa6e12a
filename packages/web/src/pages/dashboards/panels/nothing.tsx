import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { fetchStatus } from '../../../api/girok.ts'
import { Button } from '../../../components/button.tsx'
import { locale, t } from '../../../shell/i18n.ts'
import { navigate } from '../../../shell/router.ts'
import { relativeText } from '../../../time/words.ts'
import { changeAddress, chosen, variables } from '../model/dashboard-state.ts'
import { type PanelRequest, variablesOf } from '../model/panel-request.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { wordOf } from '../view/variable-words.ts'
import { explorePaths, exploreSearch } from './explore-link.ts'

type Emptiness = { readonly kind: 'never' | 'filtered' } | { readonly kind: 'outside'; readonly newestMs: number }

let asked: { readonly at: number; readonly answer: ReturnType<typeof fetchStatus> } | undefined

/** The state of the store; all empty panels share one question. */
function sharedStatus(): ReturnType<typeof fetchStatus> {
  if (asked === undefined || performance.now() - asked.at > 10_000) {
    asked = { at: performance.now(), answer: fetchStatus() }
  }
  return asked.answer
}

/** Which kind of nothing this is: nothing ever, nothing in this time, or nothing that the query matches. */
export function Nothing({ shown, request }: { readonly shown: ShownPanel; readonly request: PanelRequest }) {
  const found = useSignal<Emptiness | undefined>(undefined)
  const [first] = request.queries
  const language = first?.query.language ?? 'promql'
  const fromMs = Number(request.range.from / 1_000_000n)
  useEffect(() => {
    let gone = false
    sharedStatus().then(
      ({ store, newestNs }) => {
        if (gone) return
        const newestMs = newestNs === undefined ? undefined : Number(BigInt(newestNs) / 1_000_000n)
        const never = language === 'promql' ? store.samples === 0 : newestMs === undefined
        if (never) found.value = { kind: 'never' }
        else if (language === 'logql' && newestMs !== undefined && newestMs < fromMs) {
          found.value = { kind: 'outside', newestMs }
        } else found.value = { kind: 'filtered' }
      },
      () => {
        if (!gone) found.value = { kind: 'filtered' }
      },
    )
    return () => {
      gone = true
    }
  }, [found, language, fromMs])
  const state = found.value
  if (state === undefined) return null
  if (state.kind === 'never') {
    return (
      <div class="dash-empty" data-testid="panel-empty" data-kind="never">
        <p>
          <strong>{t('dashboards.never')}</strong>
        </p>
        <p class="hint">{t('dashboards.neverHint')}</p>
        <Button icon="setup" label={t('dashboards.toSetup')} onClick={() => navigate('/setup')} />
      </div>
    )
  }
  const names = [...variablesOf(shown.panel)].filter((name) => variables.value.has(name))
  const words = names.map((name) => {
    const state = variables.value.get(name)
    const values = shown.scoped.has(name) ? [shown.scoped.get(name) ?? ''] : (chosen.value.get(name) ?? [])
    const text = state === undefined ? values : values.map((value) => wordOf(state.variable, value))
    return `${state?.variable.label ?? name} = ${text.join(', ') || '–'}`
  })
  return (
    <div class="dash-empty" data-testid="panel-empty" data-kind={state.kind}>
      <p>
        <strong>{state.kind === 'outside' ? t('dashboards.outside') : t('dashboards.noMatchQuery')}</strong>
      </p>
      {state.kind === 'outside' ? (
        <p class="hint">{t('dashboards.outsideHint', { when: relativeText(state.newestMs, Date.now(), locale()) })}</p>
      ) : words.length === 0 ? null : (
        <p class="hint">{t('dashboards.noMatchHint', { chosen: words.join(' · ') })}</p>
      )}
      <p class="notice-actions">
        <Button
          icon="clock"
          label={t('dashboards.widen')}
          onClick={() => changeAddress({ from: 'now-1d', to: 'now' })}
        />
        {first === undefined ? null : (
          <Button
            label={t('dashboards.explore')}
            testId="empty-explore"
            onClick={() => navigate(explorePaths[language], exploreSearch(first.expr, request.range))}
          />
        )}
      </p>
    </div>
  )
}

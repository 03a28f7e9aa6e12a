import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { fetchStatus } from '../../../api/girok.ts'
import { Button } from '../../../components/button.tsx'
import { loadRoom, locale, t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { navigate } from '../../../shell/router.ts'
import { isoOf } from '../../../time/range.ts'
import { relativeText } from '../../../time/words.ts'
import { change, draft, histogram, logs, range, rewrite, run } from '../model/explorer.ts'
import { withoutStage } from '../query/rewrite.ts'
import { scan } from '../query/scan.ts'

type Emptiness =
  | { readonly kind: 'asking' | 'never' | 'filtered' }
  | { readonly kind: 'outside'; readonly newestNs: bigint }

/** Which of the kinds of nothing this is: nothing ever, nothing in this time, or nothing that the filters let through. */
export function Nothing() {
  const found = useSignal<Emptiness>({ kind: 'asking' })
  const { query } = logs.value
  const seen = scan(query)
  const narrow = seen.stages.length > 0 || seen.matchers.length > 1
  useEffect(() => {
    const abort = new AbortController()
    fetchStatus(abort.signal).then(
      (status) => {
        const newest = status.newestNs === undefined ? undefined : BigInt(status.newestNs)
        const shown = range.peek()
        if (newest === undefined) found.value = { kind: 'never' }
        else if (shown !== undefined && newest < shown.from) found.value = { kind: 'outside', newestNs: newest }
        else found.value = { kind: 'filtered' }
      },
      () => {
        if (!abort.signal.aborted) found.value = { kind: 'filtered' }
      },
    )
    return () => abort.abort()
  }, [found])
  const state = found.value
  if (state.kind === 'asking' || histogram.loading.value) return null
  if (state.kind === 'never') {
    return (
      <div class="empty" data-testid="empty-never">
        <h2>{t('empty.never')}</h2>
        <p>{t('empty.neverHint')}</p>
        <Button kind="primary" icon="setup" label={t('empty.setup')} onClick={() => navigate('/setup')} />
        <Starts />
      </div>
    )
  }
  if (state.kind === 'outside') {
    const ms = Number(state.newestNs / 1_000_000n)
    const jump = (): void =>
      change({ from: isoOf(state.newestNs - 3_600_000_000_000n), to: isoOf(state.newestNs + 1_000_000n) })
    return (
      <div class="empty" data-testid="empty-range">
        <h2>{t('empty.range')}</h2>
        <p>{t('empty.latest', { when: relativeText(ms, Date.now(), locale()) })}</p>
        <Button kind="primary" icon="clock" label={t('empty.jump')} onClick={jump} />
      </div>
    )
  }
  const last = seen.stages.length - 1
  const stage = seen.stages[last]
  return (
    <div class="empty" data-testid="empty-filter">
      <h2>{t('empty.filter')}</h2>
      <p>{narrow ? t('empty.filterHint') : t('empty.filterNone')}</p>
      {stage === undefined ? null : (
        <>
          <code>{query.slice(stage.start, stage.end)}</code>
          <Button
            icon="minus"
            label={t('empty.dropStage')}
            onClick={() => {
              const wider = withoutStage(query, last)
              if (wider !== undefined) rewrite(wider)
            }}
          />
        </>
      )}
      <Button
        label={t('empty.showAll')}
        onClick={() => {
          draft.value = ''
          run()
        }}
      />
      <Starts />
    </div>
  )
}

const loadExamples = (): Promise<ComponentType> =>
  Promise.all([import('../examples/example-list.tsx'), loadRoom('explore')]).then(([m]) => m.ExampleList)

/** Queries to start from. */
function Starts() {
  return (
    <section class="empty-examples" aria-label={t('examples.title')}>
      <Lazy load={loadExamples} />
    </section>
  )
}

import type { ScrapeTarget } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { formatValue } from '../../charts/unit.ts'
import { Button } from '../../components/button.tsx'
import { Icon, type IconName } from '../../components/icon.tsx'
import { locale, n, t } from '../../shell/i18n.ts'
import { relativeText } from '../../time/words.ts'
import { formatNs } from '../../time/zone.ts'
import { LabelList } from './label-list.tsx'
import type { Pool } from './target-state.ts'

const icons: Readonly<Record<ScrapeTarget['health'], IconName>> = { up: 'check', down: 'close', unknown: 'clock' }
const marks = { up: 'active', down: 'failing', unknown: 'waiting' } as const

/** A job may have thousands of targets; those that are down come first. */
const rowsAtOnce = 200

/** The targets of one job. */
export function TargetTable({ pool, nowMs }: { readonly pool: Pool; readonly nowMs: number }) {
  const { name, targets, up, all } = pool
  const whole = useSignal(false)
  const shown = whole.value ? targets : targets.slice(0, rowsAtOnce)
  const title = `pool-${name}`
  return (
    <section class="card agent" aria-labelledby={title} data-testid={title}>
      <div class="agent-head">
        <h2 id={title}>{name}</h2>
        <span class="dim" data-testid="pool-up">
          {t('targets.up', { up: n(up), all: n(all) })}
        </span>
      </div>
      {all === 0 ? (
        <p class="dim">{t('targets.none')}</p>
      ) : (
        <table class="agent-sources" aria-labelledby={title}>
          <thead>
            <tr>
              <th scope="col">{t('targets.health')}</th>
              <th scope="col">{t('targets.endpoint')}</th>
              <th scope="col">{t('targets.last')}</th>
              <th scope="col">{t('targets.duration')}</th>
              <th scope="col">{t('targets.samples')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((target) => (
              <TargetRow key={`${target.scrapeUrl} ${JSON.stringify(target.labels)}`} target={target} nowMs={nowMs} />
            ))}
          </tbody>
        </table>
      )}
      {shown.length === targets.length ? null : (
        <Button
          label={t('agents.showAll', { count: n(targets.length) })}
          testId="show-all"
          onClick={() => {
            whole.value = true
          }}
        />
      )}
    </section>
  )
}

function TargetRow({ target, nowMs }: { readonly target: ScrapeTarget; readonly nowMs: number }) {
  const { health, scrapeUrl, labels, discoveredLabels, lastError, lastScrapeMs, samples } = target
  const never = lastScrapeMs === undefined
  return (
    <tr data-testid="target">
      <td data-testid="health">
        <span class={`agent-mark ${marks[health]}`}>
          <Icon name={icons[health]} size={14} /> {t(`targets.health.${health}`)}
        </span>
      </td>
      <td>
        <code>{scrapeUrl === '' ? (discoveredLabels.__address__ ?? '') : scrapeUrl}</code>{' '}
        <span class="dim">{t('targets.every', { interval: target.scrapeInterval })}</span>
        <div>
          <LabelList labels={labels} />
        </div>
        {lastError === '' ? null : (
          <p class="fault" data-testid="target-error">
            {lastError}
          </p>
        )}
        <details>
          <summary class="dim">{t('targets.discovered')}</summary>
          <LabelList labels={discoveredLabels} />
        </details>
      </td>
      <td
        data-label={t('targets.last')}
        title={never ? undefined : formatNs(BigInt(lastScrapeMs) * 1_000_000n, 'local', 3)}
      >
        {never ? t('sources.never') : relativeText(Math.min(lastScrapeMs, nowMs), nowMs, locale())}
      </td>
      <td data-label={t('targets.duration')} class={never ? 'none' : ''}>
        {never ? '–' : formatValue(target.lastScrapeDurationMs / 1000, 'seconds', locale(), 3)}
      </td>
      <td data-label={t('targets.samples')} class={never ? 'none' : ''}>
        {never ? '–' : n(samples)}
      </td>
    </tr>
  )
}

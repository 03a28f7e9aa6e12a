import type { Source } from '@girok/server/contract'
import { locale, n, t } from '../../shell/i18n.ts'
import { relativeText } from '../../time/words.ts'
import { heardMs, historyOf, setOpened } from './source-data.ts'
import { SourceDetails } from './source-details.tsx'
import { addressesOf, connectionsOf, stateOf, unaccounted } from './source-state.ts'

const barCount = 60
const barHeight = 24

/** One receiver: a line that tells how it does, and all the rest when it is opened. */
export function SourceRow({ source, open }: { readonly source: Source; readonly open: boolean }) {
  const { name, summary, counts, lastReceivedMs } = source
  const state = stateOf(source)
  const figure = counts.received === 0 ? 'source-figure dim' : 'source-figure'
  const nowMs = heardMs.value
  // The clocks of server and browser may differ: nothing comes from the future.
  const last =
    lastReceivedMs === undefined ? t('sources.never') : relativeText(Math.min(lastReceivedMs, nowMs), nowMs, locale())
  return (
    <details
      id={`source-${name}`}
      class="source"
      data-testid={`source-${name}`}
      open={open}
      onToggle={(event) => {
        const now = event.currentTarget.open
        if (now === open) return
        setOpened(name, now)
        linkTo(now ? name : '')
      }}
    >
      <summary>
        <span class={`source-lamp ${state}`} aria-hidden="true" />
        <span class="source-name">
          <h2>{name}</h2>
          <span class="dim">{summary}</span>
        </span>
        <span class="source-state">
          <span data-testid="state">{t(`sources.state.${state}`)}</span>
          <span class="dim">{whereOf(source)}</span>
        </span>
        <RateBars source={source} />
        <span class={figure}>
          <span data-testid="rate">{t('sources.perSecond', { rate: n(source.recordsPerSecond, 1) })}</span>
          <span class="dim" data-testid="last">
            {last}
          </span>
        </span>
        <span class={figure}>
          <span data-testid="received">{n(counts.received)}</span>
          {unaccounted(source) === 0 ? (
            <span class="dim">{t('sources.received')}</span>
          ) : (
            <span class="fault">{t('sources.offShort', { count: n(Math.abs(unaccounted(source))) })}</span>
          )}
        </span>
      </summary>
      {open ? <SourceDetails source={source} /> : null}
    </details>
  )
}

function whereOf(source: Source): string {
  const connections = connectionsOf(source)
  return [
    ...addressesOf(source),
    ...(addressesOf(source).length === 0 && source.routes.length > 0 ? [t('sources.serverPort')] : []),
    ...(connections > 0 ? [t('sources.connections', { n: connections, count: n(connections) })] : []),
  ].join(' · ')
}

/** Records of the last five minutes as small bars, as far as the page has watched. */
function RateBars({ source }: { readonly source: Source }) {
  const bars = historyOf(source.name).bars(barCount)
  const most = Math.max(1, ...bars)
  const path = bars
    .map((records, i) => {
      const tall = records === 0 ? 0 : Math.max(1, (records / most) * barHeight)
      return tall === 0 ? '' : `M${i * 3} ${barHeight}v${(-tall).toFixed(1)}h2v${tall.toFixed(1)}z`
    })
    .join('')
  return (
    <svg
      class="source-bars"
      viewBox={`0 0 ${barCount * 3} ${barHeight}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t('sources.bars', { rate: n(source.recordsPerSecond, 1) })}
    >
      <path d={path} />
    </svg>
  )
}

/** The address names the source opened last, so that it can be passed on. */
function linkTo(name: string): void {
  const { pathname, search } = window.location
  window.history.replaceState(null, '', pathname + search + (name === '' ? '' : `#${encodeURIComponent(name)}`))
}

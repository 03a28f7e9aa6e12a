import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button, IconButton } from '../../../components/button.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { activeRow, tail } from '../model/explorer.ts'
import { tailCapacity } from '../model/tail.ts'

/** State of the live tail in numbers: what is shown, what was left out, how fast it comes. */
export function LiveBar() {
  const { received, dropped, waiting, overflowed, rate } = tail.counts.value
  const paused = tail.paused.value
  const status = tail.status.value
  const lost = dropped + overflowed
  return (
    <section class={`live-bar ${status}${paused ? ' paused' : ''}`} aria-label={t('live.label')}>
      <span class="live-dot" aria-hidden="true" />
      <span class="live-status">
        {status === 'open' ? (paused ? t('live.paused') : t('live.on')) : t(`live.${status}`)}
        {status === 'closed' && tail.reason.value !== '' ? ` ${tail.reason.value}` : ''}
      </span>
      <span class="live-count" data-testid="live-received">
        {t('live.received', { n: received, count: n(received) })}
      </span>
      <span class="live-count">{t('live.rate', { rate: n(rate) })}</span>
      <span class={lost > 0 ? 'live-count lost' : 'live-count'} data-testid="live-dropped">
        {t('live.dropped', { n: lost, count: n(lost) })}
      </span>
      {received - waiting > tailCapacity ? (
        <span class="live-count">{t('live.kept', { count: n(tailCapacity) })}</span>
      ) : null}
      <span class="spring" />
      {paused && waiting > 0 ? (
        <Button
          kind="primary"
          icon="down"
          label={t('live.new', { n: waiting, count: n(waiting) })}
          testId="live-new"
          onClick={() => tail.resume()}
        />
      ) : null}
      <Button
        icon={paused ? 'play' : 'pause'}
        label={paused ? t('live.resume') : t('live.pause')}
        shortcut="pause"
        testId="live-pause"
        onClick={() => (paused ? tail.resume() : tail.pause())}
      />
      <IconButton icon="trash" label={t('live.clear')} onClick={clear} />
      <LiveAnnouncer />
    </section>
  )
}

function clear(): void {
  tail.clearLines()
  // Rows are numbered anew: no old number may point at a new row.
  activeRow.value = undefined
}

/** Tells screen readers a count every five seconds; never lines. */
function LiveAnnouncer() {
  const said = useSignal('')
  useEffect(() => {
    const timer = setInterval(() => {
      const { received } = tail.counts.peek()
      said.value = t('live.received', { n: received, count: n(received) })
    }, 5000)
    return () => clearInterval(timer)
  }, [said])
  return (
    <span class="offscreen" aria-live="polite">
      {said.value}
    </span>
  )
}

import type { ListedAgent } from '@girok/server/contract'
import { formatValue } from '../../charts/unit.ts'
import { locale, n, t } from '../../shell/i18n.ts'
import { relativeText } from '../../time/words.ts'

/** Where an agent sends, what is on the way there, and why it does not arrive. */
export function AgentDestinations({ agent, clockMs }: { readonly agent: ListedAgent; readonly clockMs: number }) {
  const title = `destinations-${agent.id}`
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{t('agents.destinations')}</h3>
      <ul class="agent-destinations">
        {agent.destinations.map((one) => (
          <li key={one.name} data-testid="destination">
            <strong>{one.name}</strong> <code>{one.url}</code> <span class="dim">{wordsOf(one, clockMs)}</span>
            {one.lastError === undefined ? null : <p class="fault">{one.lastError}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}

function wordsOf(destination: ListedAgent['destinations'][number], clockMs: number): string {
  const { sent, rejected, backlogBytes, backlogRecords, lastOkMs } = destination
  const size = formatValue(backlogBytes, 'bytes', locale(), 3)
  return [
    t('agents.sent', { count: n(sent) }),
    ...(rejected === 0 ? [] : [t('agents.rejected', { count: n(rejected) })]),
    ...(backlogRecords === 0 ? [] : [t('agents.backlog', { size, count: n(backlogRecords), n: backlogRecords })]),
    lastOkMs === undefined
      ? t('agents.neverOk')
      : t('agents.lastOk', { when: relativeText(Math.min(lastOkMs, clockMs), clockMs, locale()) }),
  ].join(' · ')
}

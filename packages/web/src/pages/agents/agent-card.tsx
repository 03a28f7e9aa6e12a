import type { ListedAgent } from '@girok/server/contract'
import { formatValue } from '../../charts/unit.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { locale, n, t } from '../../shell/i18n.ts'
import { relativeText } from '../../time/words.ts'
import { forget, refused } from './agent-data.ts'
import { AgentDestinations } from './agent-destinations.tsx'
import { clockOf, type SourceEntry } from './agent-state.ts'
import { SourceTable } from './source-table.tsx'

interface AgentCardProps {
  readonly agent: ListedAgent
  readonly entries: readonly SourceEntry[]
  /** The server's clock. */
  readonly nowMs: number
  readonly rowsAtOnce: number
}

/** All that an agent tells: how it does, where it sends, what it collects. */
export function AgentCard({ agent, entries, nowMs, rowsAtOnce }: AgentCardProps) {
  const { id, name, version, state, lastSeenMs, configuration, dropped } = agent
  const clockMs = clockOf(agent, nowMs)
  const silent = state === 'silent'
  const when = relativeText(Math.min(lastSeenMs, nowMs), nowMs, locale())
  const title = `agent-${id}`
  return (
    <section class={silent ? 'card agent silent' : 'card agent'} aria-labelledby={title} data-testid={title}>
      <div class="agent-head">
        <h2 id={title}>{name}</h2>
        <span class={silent ? 'agent-contact warning' : 'agent-contact'} data-testid="contact">
          <Icon name={silent ? 'pause' : 'live'} size={14} />
          {t(silent ? 'agents.silent' : 'agents.connected', { when })}
        </span>
        <span class="dim">{`girok-agent ${version}`}</span>
        <span class="spring" />
        {silent ? (
          <Button icon="trash" label={t('agents.forget')} testId="forget" onClick={() => void forget(id)} />
        ) : null}
      </div>
      {refused.value?.id === id ? (
        <p class="fault" role="alert" data-testid="refused">
          {refused.value.words}
        </p>
      ) : null}
      {silent ? <p class="dim">{t('agents.asOf')}</p> : null}
      <Figures agent={agent} clockMs={clockMs} />
      <Faults agent={agent} />
      <AgentDestinations agent={agent} clockMs={clockMs} />
      {dropped.length === 0 ? null : (
        <div class="reasons" data-testid="dropped">
          <span class="dim">{t('agents.dropped')}</span>
          {dropped.map(({ input, stage, reason, count }) => (
            <span key={`${input} ${stage} ${reason}`}>
              {t('agents.droppedOne', { input, stage, reason, count: n(count) })}
            </span>
          ))}
        </div>
      )}
      <SourceTable agent={agent} entries={entries} clockMs={clockMs} rowsAtOnce={rowsAtOnce} />
      <p class="hint">
        {t('agents.configuration')} <code>{configuration.file}</code>
      </p>
    </section>
  )
}

function Figures({ agent, clockMs }: { readonly agent: ListedAgent; readonly clockMs: number }) {
  const { startedMs, memoryBytes, spool } = agent
  const used = t('agents.spoolUse', { used: bytes(spool.bytes), most: bytes(spool.maxBytes) })
  const share = spool.maxBytes > 0 ? Math.min(1, spool.bytes / spool.maxBytes) : 0
  return (
    <dl class="agent-figures">
      <div>
        <dt>{t('agents.started')}</dt>
        <dd>{relativeText(Math.min(startedMs, clockMs), clockMs, locale())}</dd>
      </div>
      <div>
        <dt>{t('agents.memory')}</dt>
        <dd data-testid="memory">{bytes(memoryBytes)}</dd>
      </div>
      <div>
        <dt>{t('agents.spool')}</dt>
        <dd data-testid="spool">{used}</dd>
        <svg class="agent-spool" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect class={share > 0.8 ? 'full' : ''} width={100 * share} height="1" />
        </svg>
      </div>
      <div>
        <dt>{t('agents.waits')}</dt>
        <dd data-testid="waits">{bytes(spool.waitingBytes)}</dd>
      </div>
    </dl>
  )
}

/** What is wrong with the agent itself; its sources and destinations tell their own faults. */
function Faults({ agent }: { readonly agent: ListedAgent }) {
  const { configuration, spool } = agent
  const { evicted, corrupt } = spool
  const counted = (count: number) => ({ count: n(count), n: count })
  const faults = [
    configuration.error === undefined ? '' : t('agents.notInForce', { reason: configuration.error }),
    spool.error ?? '',
    evicted.full === 0 ? '' : t('agents.evictedFull', counted(evicted.full)),
    evicted.age === 0 ? '' : t('agents.evictedAge', counted(evicted.age)),
    corrupt.records === 0 ? '' : t('agents.corrupt', { ...counted(corrupt.records), lines: n(corrupt.count) }),
  ].filter((text) => text !== '')
  if (faults.length === 0) return null
  return (
    <ul class="fault" data-testid="agent-faults">
      {faults.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}

function bytes(count: number): string {
  return formatValue(count, 'bytes', locale(), 3)
}

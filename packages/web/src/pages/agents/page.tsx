import { useSignal } from '@preact/signals'
import { Button } from '../../components/button.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { n, t } from '../../shell/i18n.ts'
import { NoMatch } from '../no-match.tsx'
import { PolledPage } from '../polled-page.tsx'
import { AgentCard } from './agent-card.tsx'
import { answer, found, report, search } from './agent-data.ts'
import { inventoryOf, sourceStates } from './agent-state.ts'
import { StartAgent } from './start-agent.tsx'
import { StateMark } from './state-mark.tsx'

const agentsAtOnce = 50
/** Of one agent up to 200, of many together about 2,000: more is slow to draw, and nobody reads it. */
const rowsAtOnce = (agents: number): number => Math.max(10, Math.min(200, Math.floor(2000 / agents)))

export function AgentsPage() {
  return (
    <PolledPage
      name="agents"
      title={t('agents.title')}
      lead={t('agents.lead')}
      fault={t('agents.fault')}
      source={report}
    >
      <AgentList />
    </PolledPage>
  )
}

function AgentList() {
  const whole = useSignal(false)
  const { agents = [], nowMs = 0, tokensRequired = false } = answer.value ?? {}
  if (agents.length === 0) {
    return (
      <>
        <section class="arrival waiting" role="status" data-testid="agents-none">
          <span class="lamp" aria-hidden="true" />
          <div>
            <strong>{t('agents.none')}</strong>
            <p class="dim">{t('agents.noneHint')}</p>
          </div>
        </section>
        <section class="card" aria-labelledby="start-agent">
          <h2 id="start-agent">{t('agents.start')}</h2>
          <StartAgent token={tokensRequired} />
        </section>
      </>
    )
  }
  const shown = whole.value ? found.value : found.value.slice(0, agentsAtOnce)
  const count = (list: typeof found.value): number => list.reduce((sum, { entries }) => sum + entries.length, 0)
  const all = agents.reduce((sum, { inputs }) => sum + inputs.reduce((some, one) => some + one.sources.length, 0), 0)
  return (
    <>
      <Inventory />
      <div class="sources-head">
        <SearchField label={t('agents.filter')} text={search} testId="agents-filter" />
        <span class="dim" role="status" data-testid="agents-shown">
          {t('agents.shown', { shown: n(count(found.value)), all: n(all), n: all })}
        </span>
      </div>
      {shown.map(({ agent, entries }) => (
        <AgentCard key={agent.id} agent={agent} entries={entries} nowMs={nowMs} rowsAtOnce={rowsAtOnce(shown.length)} />
      ))}
      {shown.length < found.value.length ? (
        <Button
          label={t('agents.showAllAgents', { count: n(found.value.length) })}
          testId="show-all-agents"
          onClick={() => {
            whole.value = true
          }}
        />
      ) : null}
      {found.value.length === 0 ? (
        <NoMatch words={t('agents.noMatch', { text: search.value.trim() })} search={search} testId="agents-nothing" />
      ) : null}
      <details class="card agent-start" data-testid="agents-start">
        <summary>{t('agents.start')}</summary>
        <StartAgent token={tokensRequired} />
      </details>
    </>
  )
}

/** How many sources are in each state. */
function Inventory() {
  const counts = inventoryOf(answer.value?.agents ?? [])
  const states = counts.unknown === 0 ? sourceStates : [...sourceStates, 'unknown' as const]
  return (
    <dl class="agent-inventory" aria-label={t('agents.inventory')} data-testid="inventory">
      {states.map((state) => (
        <div key={state} title={t(`agents.hint.${state}`)}>
          <dt>
            <StateMark state={state} />
          </dt>
          <dd>{n(counts[state])}</dd>
        </div>
      ))}
    </dl>
  )
}

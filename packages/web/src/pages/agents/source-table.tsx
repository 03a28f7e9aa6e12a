import type { ListedAgent } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { formatValue } from '../../charts/unit.ts'
import { Button } from '../../components/button.tsx'
import { urlOf } from '../../shell/base.ts'
import { locale, n, t } from '../../shell/i18n.ts'
import { follow } from '../../shell/router.ts'
import { relativeText } from '../../time/words.ts'
import { formatNs } from '../../time/zone.ts'
import { linesByFile } from './agent-data.ts'
import { linesOf, type SourceEntry } from './agent-state.ts'
import { StateMark } from './state-mark.tsx'

interface SourceTableProps {
  readonly agent: ListedAgent
  readonly entries: readonly SourceEntry[]
  /** The agent's clock. */
  readonly clockMs: number
  /** Sources that are drawn unless all are asked for: a host may have thousands, of which the first tell most. */
  readonly rowsAtOnce: number
}

/** The inventory of an agent: what it collects, and what it should but cannot. */
export function SourceTable({ agent, entries, clockMs, rowsAtOnce }: SourceTableProps) {
  const whole = useSignal(false)
  const title = `inventory-${agent.id}`
  const more = agent.inputs.reduce((sum, input) => sum + input.more, 0)
  const shown = whole.value ? entries : entries.slice(0, rowsAtOnce)
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{t('agents.sources')}</h3>
      {agent.inputs.every(({ sources }) => sources.length === 0) ? (
        <p class="dim">{t('agents.sourcesNone')}</p>
      ) : (
        <table class="agent-sources" aria-labelledby={title}>
          <thead>
            <tr>
              <th scope="col">{t('agents.state')}</th>
              <th scope="col">{t('agents.source')}</th>
              <th scope="col">{t('agents.last')}</th>
              <th scope="col">{t('agents.count')}</th>
              <th scope="col">{t('agents.lag')}</th>
              <th scope="col">{t('agents.writer')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((entry) => (
              <SourceRow key={keyOf(entry)} entry={entry} clockMs={clockMs} />
            ))}
          </tbody>
        </table>
      )}
      {more === 0 ? null : <p class="hint">{t('agents.more', { count: n(more), n: more })}</p>}
      {shown.length === entries.length ? null : (
        <Button
          label={t('agents.showAll', { count: n(entries.length) })}
          testId="show-all"
          onClick={() => {
            whole.value = true
          }}
        />
      )}
    </section>
  )
}

function keyOf({ input, source }: SourceEntry): string {
  return `${input.name}\n${source.name}`
}

interface SourceRowProps {
  readonly entry: SourceEntry
  readonly clockMs: number
}

function SourceRow({ entry, clockMs }: SourceRowProps) {
  const { input, source } = entry
  const { name, state, lastMs, count, lagBytes, error, writer } = source
  const lines = linesByFile.value ? linesOf(entry, clockMs) : undefined
  return (
    <tr data-testid="agent-source">
      <td data-testid="state">
        <StateMark state={state} />
      </td>
      <td>
        {lines === undefined ? (
          <code>{name}</code>
        ) : (
          <a
            href={urlOf(`/logs${lines}`)}
            title={t('agents.explore', { name })}
            onClick={(event) => follow(event, '/logs', lines)}
          >
            <code>{name}</code>
          </a>
        )}{' '}
        <span class="dim">{input.name === input.type ? input.name : `${input.name} (${input.type})`}</span>
        {error === undefined ? null : <p class="fault">{error}</p>}
      </td>
      <td
        data-label={t('agents.last')}
        title={lastMs === undefined ? undefined : formatNs(BigInt(lastMs) * 1_000_000n, 'local', 3)}
      >
        {lastMs === undefined ? t('sources.never') : relativeText(Math.min(lastMs, clockMs), clockMs, locale())}
      </td>
      <td data-label={t('agents.count')}>{n(count)}</td>
      <td data-label={t('agents.lag')} class={lagBytes === undefined ? 'none' : ''}>
        {lagBytes === undefined ? '–' : formatValue(lagBytes, 'bytes', locale(), 3)}
      </td>
      <td data-label={t('agents.writer')} class={writer === undefined ? 'none' : ''}>
        {writer ?? '–'}
      </td>
    </tr>
  )
}

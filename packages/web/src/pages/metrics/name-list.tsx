import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { SearchField } from '../../components/search-field.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { n, t } from '../../shell/i18n.ts'
import { mostNames } from './catalogue.ts'
import { MetricItem } from './metric-item.tsx'
import { catalogue, change, metrics } from './model.ts'
import { foundNames, groupNames, type NameGroup } from './name-groups.ts'

/** Names laid out at a time: of more, the search finds the right ones sooner than the eye. */
const mostShown = 200

/** The metrics with samples in the range: by the beginning of their names, or those that the search finds. */
export function NameList() {
  const { search } = catalogue
  const listed = catalogue.answer.value
  const error = catalogue.error.value
  const { match } = metrics.value
  const words = search.value.trim()
  const names = listed?.names ?? []
  const groups = useMemo(() => groupNames(names), [names])
  const found = useMemo(() => foundNames(names, words), [names, words])
  const whole = names.length >= mostNames ? t('metrics.list.least', { count: n(names.length) }) : n(names.length)
  return (
    <div class={catalogue.loading.value ? 'field-list dimmed' : 'field-list'} aria-busy={catalogue.loading.value}>
      <SearchField label={t('metrics.list.search')} text={search} testId="name-search" />
      {match === '' ? null : (
        <p class="name-match" data-testid="name-match">
          <code dir="ltr">{match}</code>
          <SmallButton
            icon="close"
            label={t('metrics.list.matchClear')}
            testId="match-clear"
            onClick={() => change({ match: '' })}
          />
        </p>
      )}
      <p class="hint" role="status" data-testid="name-count">
        {error !== undefined
          ? t('metrics.list.failed', { reason: error.message })
          : listed === undefined
            ? t('metrics.list.loading')
            : words === ''
              ? t('metrics.list.count', { n: names.length, count: whole })
              : t('metrics.list.found', { shown: n(found.length), count: whole })}
      </p>
      <div class="field-items">
        {words === '' ? groups.map((group) => <Group key={group.prefix} group={group} />) : <Names names={found} />}
        {words !== '' && found.length === 0 && listed !== undefined ? (
          <p class="hint">{t('metrics.list.nothing', { words })}</p>
        ) : null}
      </div>
    </div>
  )
}

function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <>
      {names.slice(0, mostShown).map((name) => (
        <MetricItem key={name} name={name} />
      ))}
      {names.length > mostShown ? (
        <p class="hint">{t('metrics.list.more', { count: n(names.length - mostShown) })}</p>
      ) : null}
    </>
  )
}

function Group({ group: { prefix, names } }: { readonly group: NameGroup }) {
  const open = useSignal(false)
  const [only] = names
  if (names.length === 1 && only !== undefined) return <MetricItem name={only} />
  return (
    <details
      class="name-group"
      data-testid={`group-${prefix}`}
      onToggle={(event) => {
        open.value = event.currentTarget.open
      }}
    >
      <summary>
        <span class="field-item-name" dir="ltr">
          {prefix}
        </span>
        <span class="field-item-count">{n(names.length)}</span>
      </summary>
      {open.value ? (
        <div class="name-group-body">
          <Names names={names} />
        </div>
      ) : null}
    </details>
  )
}

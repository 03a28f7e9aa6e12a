import { useEffect } from 'preact/hooks'
import { t } from '../../../shell/i18n.ts'
import { change, draft, range, rewrites } from '../model/explorer.ts'
import { hasLines, loadStored, stored } from './example-data.ts'
import { type Example, exampleGroups, examples } from './examples.ts'

/** Fills the query box and runs. */
function start(query: string, event: MouseEvent): void {
  draft.value = query
  rewrites.value += 1
  change({ query, view: 'logs', live: false, at: undefined })
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
}

/** Queries to start from: first those made from what is stored, then those for known kinds of programs. */
export function ExampleList() {
  const shown = range.value
  useEffect(() => {
    if (shown !== undefined) void loadStored(shown)
    return () => stored.cancel()
  }, [shown])
  const known = stored.answer.value
  // A list that grows above the pointer would have one click on another example: it comes whole, or without the own ones.
  if (known === undefined && stored.error.value === undefined && shown !== undefined) {
    return <p class="view-note hint">{t('builder.listLoading')}</p>
  }
  const own = known?.own ?? []
  // Examples that find something come first; the others still show how one asks.
  const found = (example: Example): boolean => known !== undefined && hasLines(example.query, known)
  return (
    <div class="examples" data-testid="example-list">
      {own.length === 0 ? null : (
        <section aria-labelledby="examples-own">
          <h3 id="examples-own">{t('examples.own')}</h3>
          <ul>
            {own.map(({ query, title, params }) => (
              <ExampleItem key={query} query={query} title={t(title, params)} />
            ))}
          </ul>
        </section>
      )}
      {exampleGroups.map((group) => {
        const list = examples.filter((example) => example.group === group)
        const sorted = [...list.filter(found), ...list.filter((example) => !found(example))]
        return (
          <section key={group} aria-labelledby={`examples-${group}`}>
            <h3 id={`examples-${group}`}>{t(`examples.group.${group}`)}</h3>
            <ul>
              {sorted.map((example) => (
                <ExampleItem
                  key={example.query}
                  query={example.query}
                  title={t(example.title)}
                  missing={known !== undefined && !found(example)}
                />
              ))}
            </ul>
          </section>
        )
      })}
    </div>
  )
}

function ExampleItem(props: { readonly query: string; readonly title: string; readonly missing?: boolean }) {
  return (
    <li>
      <button
        type="button"
        class={props.missing === true ? 'example-item missing' : 'example-item'}
        data-testid="example"
        onClick={(event) => start(props.query, event)}
      >
        <span class="example-title">
          {props.title}
          {props.missing === true ? <span class="hint"> {t('examples.noData')}</span> : null}
        </span>
        <code dir="ltr">{props.query}</code>
      </button>
    </li>
  )
}

import { useSignal } from '@preact/signals'
import { t } from '../shell/i18n.ts'
import { Button } from './button.tsx'
import { copyText } from './copy.ts'

/** One way to send. Programs and configuration are the same in every language of the page. */
export interface Snippet {
  readonly id: string
  /** Proper name of the tool. */
  readonly name: string
  /** Where the text goes, or what it is written in. */
  readonly place: string
  readonly text: string
}

interface SnippetTabsProps {
  readonly label: string
  readonly snippets: readonly Snippet[]
  /** Begins the ids and test ids of its parts, so that several can stand on one page. */
  readonly prefix: string
}

/** Snippets to choose from, one of them shown and copied by a button. */
export function SnippetTabs({ label, snippets, prefix }: SnippetTabsProps) {
  const chosen = useSignal(snippets[0]?.id ?? '')
  const snippet = snippets.find((one) => one.id === chosen.value) ?? snippets[0]
  const walk = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    const at = snippets.findIndex((one) => one.id === snippet?.id)
    chosen.value = snippets[(at + by + snippets.length) % snippets.length]?.id ?? ''
    document.getElementById(`${prefix}-${chosen.value}`)?.focus()
    event.preventDefault()
  }
  if (snippet === undefined) return null
  return (
    <>
      <div class="tabs wrap" role="tablist" aria-label={label} onKeyDown={walk}>
        {snippets.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            class="tab"
            id={`${prefix}-${one.id}`}
            aria-selected={one.id === snippet.id}
            aria-controls={prefix}
            tabIndex={one.id === snippet.id ? 0 : -1}
            data-testid={`${prefix}-${one.id}`}
            onClick={() => {
              chosen.value = one.id
            }}
          >
            {one.name}
          </button>
        ))}
      </div>
      <div class="snippet" id={prefix} role="tabpanel" aria-labelledby={`${prefix}-${snippet.id}`}>
        <div class="snippet-head">
          <span class="mono dim">{snippet.place}</span>
          <Button
            icon="copy"
            label={t('action.copy')}
            testId={`copy-${prefix}`}
            onClick={() => void copyText(snippet.text)}
          />
        </div>
        <pre tabIndex={0} data-testid={`${prefix}-text`}>
          {snippet.text}
        </pre>
      </div>
    </>
  )
}

import { useSignal } from '@preact/signals'
import { Dialog } from '../components/dialog.tsx'
import { t } from './i18n.ts'
import { keyLabel, type Shortcut, shortcuts } from './keys.ts'
import { paletteOpen } from './sheet-state.ts'

/** Every command in force, found by its words: the registry of keys seen from the other side. */
export function Palette() {
  const words = useSignal('')
  const chosen = useSignal(0)
  const wanted = words.value.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  const found = shortcuts().filter(({ id, title, group }) => {
    const text = `${t(title)} ${t(group)}`.toLowerCase()
    return id !== 'palette' && wanted.every((word) => text.includes(word))
  })
  const at = Math.min(chosen.value, found.length - 1)
  const close = (): void => {
    paletteOpen.value = false
  }
  const run = (shortcut: Shortcut | undefined): void => {
    if (shortcut === undefined) return
    close()
    // The dialog gives the focus back first: some commands move it.
    setTimeout(() => shortcut.run())
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'ArrowDown') chosen.value = Math.min(found.length - 1, at + 1)
    else if (event.key === 'ArrowUp') chosen.value = Math.max(0, at - 1)
    else if (event.key === 'Enter') run(found[at])
    else return
    event.preventDefault()
    document.getElementById(`command-${chosen.peek()}`)?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <Dialog title={t('palette.title')} onClose={close}>
      <div class="palette">
        <input
          autofocus
          class="field-search"
          {...comboboxOf(found.length > 0 ? `command-${at}` : undefined)}
          placeholder={t('palette.placeholder')}
          aria-label={t('palette.placeholder')}
          data-testid="palette"
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value
            chosen.value = 0
          }}
          onKeyDown={keys}
        />
        <div id="commands" class="palette-list" role="listbox" aria-label={t('palette.title')}>
          {found.map((shortcut, index) => (
            <div
              key={shortcut.id}
              id={`command-${index}`}
              class="palette-entry"
              role="option"
              aria-selected={index === at}
              data-testid="command"
              onClick={() => run(shortcut)}
            >
              <span>{t(shortcut.title)}</span>
              <span class="hint">{t(shortcut.group)}</span>
              <kbd>{keyLabel(shortcut.keys[0] ?? '')}</kbd>
            </div>
          ))}
        </div>
        {found.length === 0 ? <p class="library-none">{t('palette.nothing')}</p> : null}
      </div>
    </Dialog>
  )
}

/** The input is a combobox whose list is always open. */
function comboboxOf(option: string | undefined) {
  return {
    role: 'combobox' as const,
    list: undefined,
    'aria-expanded': true,
    'aria-controls': 'commands',
    'aria-activedescendant': option,
  }
}

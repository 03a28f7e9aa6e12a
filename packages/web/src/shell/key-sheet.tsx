import { Dialog } from '../components/dialog.tsx'
import { type MessageKey, t } from './i18n.ts'
import { keyLabel, shortcuts } from './keys.ts'
import { sheetOpen } from './sheet-state.ts'

/** The list of all keys in force, drawn from the registry that binds them. */
export function KeySheet() {
  const groups = new Map<MessageKey, ReturnType<typeof shortcuts>[number][]>()
  for (const shortcut of shortcuts()) {
    const group = groups.get(shortcut.group) ?? []
    group.push(shortcut)
    groups.set(shortcut.group, group)
  }
  return (
    <Dialog
      title={t('keys.sheet')}
      wide
      onClose={() => {
        sheetOpen.value = false
      }}
    >
      <div class="key-sheet">
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3>{t(group)}</h3>
            <dl>
              {list.map((shortcut) => (
                <div key={shortcut.id}>
                  <dt>
                    {shortcut.keys.map((keys) => (
                      <kbd key={keys}>{keyLabel(keys)}</kbd>
                    ))}
                  </dt>
                  <dd>{t(shortcut.title)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { fetchStatus } from '../api/girok.ts'
import { tokenWanted } from '../api/token.ts'
import { Toaster } from '../components/toast.tsx'
import { pageAt, pages } from '../pages/index.ts'
import { Header } from './header.tsx'
import { loadRoom, t } from './i18n.ts'
import { type Shortcut, useShortcuts } from './keys.ts'
import { Lazy } from './lazy.tsx'
import { OfflineBanner } from './offline.tsx'
import { navigate, place } from './router.ts'
import { paletteOpen, sheetOpen } from './sheet-state.ts'

const loadKeySheet = (): Promise<ComponentType> => import('./key-sheet.tsx').then((m) => m.KeySheet)
const loadPalette = (): Promise<ComponentType> =>
  Promise.all([import('./palette.tsx'), loadRoom('library')]).then(([m]) => m.Palette)
const loadTokenPrompt = (): Promise<ComponentType> => import('./token-prompt.tsx').then((m) => m.TokenPrompt)

const shortcuts: readonly Shortcut[] = [
  ...pages.map((page) => ({
    id: `go ${page.path}`,
    keys: page.keys,
    title: page.title,
    group: 'keys.group.go' as const,
    run: () => navigate(page.path),
  })),
  {
    id: 'sheet',
    keys: ['?'],
    title: 'keys.sheet',
    group: 'keys.group.general',
    run: () => {
      sheetOpen.value = true
    },
  },
  {
    id: 'palette',
    keys: ['Ctrl+k'],
    title: 'keys.palette',
    group: 'keys.group.general',
    run: () => {
      paletteOpen.value = true
    },
  },
]

/** The start page: logs, or the set-up page while the store has never held a record. */
async function goHome(): Promise<void> {
  let empty = false
  try {
    empty = (await fetchStatus()).newestNs === undefined
  } catch {
    // The log page says in words what is wrong with the server.
  }
  navigate(empty ? '/setup' : '/logs', '', true)
}

export function App() {
  useShortcuts(shortcuts)
  const { path } = place.value
  const page = pageAt(path)
  useEffect(() => {
    if (path === '/') void goHome()
  }, [path])
  const title = page === undefined ? t('app.name') : `${t(page.title)} · ${t('app.name')}`
  useEffect(() => {
    // A page may say more precisely what it shows: only another page takes that back.
    document.title = title
  }, [title, path])
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {t('app.skip')}
      </button>
      <Header />
      <OfflineBanner />
      <main id="main" class="main" tabIndex={-1}>
        {page !== undefined ? (
          <Lazy load={page.load} key={page.path} />
        ) : path === '/' ? null : (
          <p class="page-message">{t('app.noPage', { path })}</p>
        )}
      </main>
      {sheetOpen.value ? <Lazy load={loadKeySheet} /> : null}
      {paletteOpen.value ? <Lazy load={loadPalette} /> : null}
      {tokenWanted.value ? <Lazy load={loadTokenPrompt} /> : null}
      <Toaster />
    </>
  )
}

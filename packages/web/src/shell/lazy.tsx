import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from './i18n.ts'

/** Code that is fetched when it is first shown. */
export type Load = () => Promise<ComponentType>

const loaded = new Map<Load, ComponentType>()

/** A component whose code is fetched when it is first shown. Until then nothing stands in its place. */
export function Lazy({ load }: { readonly load: Load }) {
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>(loaded.has(load) ? 'ready' : 'loading')
  useEffect(() => {
    if (loaded.has(load)) return
    load().then(
      (component) => {
        loaded.set(load, component)
        setState('ready')
      },
      () => setState('failed'),
    )
  }, [load])
  const Loaded = loaded.get(load)
  if (Loaded !== undefined) return <Loaded />
  return <p class="page-message">{state === 'failed' ? t('app.loadFailed') : ''}</p>
}

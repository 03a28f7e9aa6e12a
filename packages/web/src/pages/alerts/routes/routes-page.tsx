import type { RouteTestResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { changeParams, params } from '../address.ts'
import { RouteTester } from './route-tester.tsx'
import { flatRoutes, litRoutes } from './route-tree.ts'
import { RouteTree } from './route-tree-view.tsx'
import { config, reloadRoutes, routes } from './routes-data.ts'

const loadEditor = (): Promise<ComponentType> => import('./config-editor.tsx').then((m) => m.ConfigEditor)

/** Where alerts go: the tree drawn, tried out with labels, and its configuration. */
export function RoutesPage() {
  useEffect(() => {
    reloadRoutes()
    return () => {
      config.cancel()
      routes.cancel()
    }
  }, [])
  const result = useSignal<RouteTestResponse | undefined>(undefined)
  const root = routes.answer.value?.root
  const all = useMemo(() => (root === undefined ? [] : flatRoutes(root)), [root])
  const lit = useMemo(
    () => (result.value === undefined ? undefined : litRoutes(all, result.value)),
    [all, result.value],
  )
  const error = routes.error.value ?? config.error.value
  const { origin, file } = config.answer.value ?? {}
  const editing = params.value.get('view') === 'config'
  return (
    <>
      <div class="alert-head">
        <h1>{t('alerts.tab.routes')}</h1>
        {origin === undefined ? null : (
          <span class="dim" data-testid="config-origin">
            {t(`alerts.routes.origin.${origin}`)} {file === undefined ? null : <code>{file}</code>}
          </span>
        )}
        <span class="spring" />
        <Button
          label={t(editing ? 'alerts.routes.tree' : 'alerts.routes.config')}
          testId="config-toggle"
          onClick={() => changeParams({ view: editing ? undefined : 'config' })}
        />
      </div>
      {error === undefined ? null : (
        <p class="fault fault-text" role="alert" data-testid="routes-fault">
          {error.message}
        </p>
      )}
      {editing ? (
        <Lazy load={loadEditor} />
      ) : (
        <>
          <RouteTester result={result} />
          {root === undefined ? null : (
            <section class="card" aria-labelledby="route-tree">
              <h2 id="route-tree">{t('alerts.routes.tree')}</h2>
              <p class="dim">{t('alerts.routes.treeHint')}</p>
              <RouteTree routes={all} lit={lit} />
            </section>
          )}
        </>
      )}
    </>
  )
}

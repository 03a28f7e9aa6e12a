import type { Source } from '@girok/server/contract'
import { n, t } from '../../shell/i18n.ts'
import { SettingLines } from './setting-lines.tsx'

/** Handshakes of some protocols have dozens of paths, of which few matter to people. */
const routesShown = 6

/** Paths, ports and far ends of a receiver, with how a port that is closed is opened. */
export function Places({ source }: { readonly source: Source }) {
  const { name, routes, listeners, pulls } = source
  if (routes.length + listeners.length + pulls.length === 0) return null
  const closed = listeners.filter(({ address }) => address === undefined)
  return (
    <section aria-labelledby={`places-${name}`}>
      <h3 id={`places-${name}`}>{t('sources.places')}</h3>
      <ul class="places" data-testid="places">
        {routes.slice(0, routesShown).map((route) => (
          <Route key={route} route={route} />
        ))}
        {listeners.map(({ name: listener, address, connections }) => (
          <li key={listener}>
            <code>{address ?? listener}</code>{' '}
            {address === undefined ? (
              <span class="dim">{t('sources.notOpen')}</span>
            ) : connections === undefined ? null : (
              <span class="dim">{t('sources.connections', { n: connections, count: n(connections) })}</span>
            )}
          </li>
        ))}
        {pulls.map(({ name: pull, address, connected, error }) => (
          <li key={pull}>
            <code>{address}</code>{' '}
            {connected ? (
              <span class="dim">{t('sources.pullConnected')}</span>
            ) : (
              <span class={error === undefined ? 'dim' : 'fault'}>
                {error === undefined ? t('sources.pullConnecting') : t('sources.pullFailed', { reason: error })}
              </span>
            )}
          </li>
        ))}
      </ul>
      {routes.length > routesShown ? (
        <details class="more-paths">
          <summary>
            {t('sources.morePaths', { n: routes.length - routesShown, count: n(routes.length - routesShown) })}
          </summary>
          <ul class="places">
            {routes.slice(routesShown).map((route) => (
              <Route key={route} route={route} />
            ))}
          </ul>
        </details>
      ) : null}
      {closed.map(({ name: listener, key, usualPort }) => (
        <div key={listener}>
          <p class="open-port">{t('sources.openPort', { name: listener })}</p>
          <SettingLines path={key} value={String(usualPort ?? 0)} />
        </div>
      ))}
    </section>
  )
}

function Route({ route }: { readonly route: string }) {
  return (
    <li>
      <code>{route}</code>
    </li>
  )
}

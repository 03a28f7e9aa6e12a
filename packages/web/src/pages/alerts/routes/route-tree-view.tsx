import { urlOf } from '../../../shell/base.ts'
import { t } from '../../../shell/i18n.ts'
import { follow } from '../../../shell/router.ts'
import { durationText } from '../parts/duration-text.ts'
import type { litRoutes, PlacedRoute } from './route-tree.ts'

interface RouteTreeProps {
  readonly routes: readonly PlacedRoute[]
  /** Those that a tested alert meets; undefined while none is tested. */
  readonly lit: ReturnType<typeof litRoutes> | undefined
}

/** All routes with how they group and when they tell, each below the one that it is of. */
export function RouteTree({ routes, lit }: RouteTreeProps) {
  return (
    <ul class="route-tree" data-testid="route-tree">
      {routes.map(({ route, depth }) => {
        const ends = lit?.ends.has(route.id) === true
        const through = lit?.through.has(route.id) === true
        return (
          <li
            key={route.id}
            class={`route ${ends ? 'ends' : through ? 'through' : lit === undefined ? '' : 'unlit'}`}
            style={{ marginLeft: `${depth * 28}px` }}
            data-testid="route"
            data-lit={ends ? 'ends' : through ? 'through' : ''}
          >
            <div class="route-line">
              {route.matchers.length === 0 ? (
                <span class="dim">{t(depth === 0 ? 'alerts.routes.root' : 'alerts.routes.all')}</span>
              ) : (
                route.matchers.map((matcher) => (
                  <code key={matcher} class="matcher">
                    {matcher}
                  </code>
                ))
              )}
              <span aria-hidden="true">→</span>
              <a
                href={`${urlOf('/alerts/contact-points')}?name=${encodeURIComponent(route.receiver)}`}
                onClick={(event) =>
                  follow(event, '/alerts/contact-points', `?name=${encodeURIComponent(route.receiver)}`)
                }
              >
                <strong>{route.receiver}</strong>
              </a>
              {route.continue ? <span class="alert-badge">{t('alerts.routes.continue')}</span> : null}
              {ends ? <span class="alert-badge lit">{t('alerts.routes.taken')}</span> : null}
            </div>
            <p class="dim route-facts">
              {route.groupBy.length === 0
                ? t('alerts.routes.oneGroup')
                : t('alerts.routes.groupBy', { labels: route.groupBy.join(', ') })}
              {' · '}
              {t('alerts.routes.times', {
                wait: durationText(route.groupWaitMs),
                interval: durationText(route.groupIntervalMs),
                repeat: durationText(route.repeatIntervalMs),
              })}
              {route.muteTimeIntervals.length === 0
                ? ''
                : ` · ${t('alerts.routes.mute', { names: route.muteTimeIntervals.join(', ') })}`}
              {route.activeTimeIntervals.length === 0
                ? ''
                : ` · ${t('alerts.routes.active', { names: route.activeTimeIntervals.join(', ') })}`}
            </p>
          </li>
        )
      })}
    </ul>
  )
}

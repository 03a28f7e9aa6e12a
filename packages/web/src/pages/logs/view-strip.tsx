import type { ComponentType } from 'preact'
import { Popover } from '../../components/popover.tsx'
import { loadRoom, t } from '../../shell/i18n.ts'
import { keyTitle } from '../../shell/keys.ts'
import { Lazy } from '../../shell/lazy.tsx'
import { preference } from '../../shell/preferences.ts'
import { LibraryButtons } from './library/library-buttons.tsx'
import { logs, showView } from './model/explorer.ts'
import type { LogsViewName } from './url-state.ts'

/** Whether the parts of the query are shown as fields to fill in, below its text. */
export const queryMode = preference<'code' | 'builder'>('queryMode', 'code', ['code', 'builder'])

const views: readonly LogsViewName[] = ['logs', 'patterns', 'compare']

const loadExamples = (): Promise<ComponentType> =>
  Promise.all([import('./examples/example-list.tsx'), loadRoom('explore')]).then(([m]) => m.ExampleList)

/** Which view of the lines is shown, and the ways to a query: examples, builder, code. */
export function ViewStrip() {
  const { view } = logs.value
  const mode = queryMode.value
  return (
    <div class="view-strip">
      <div class="view-tabs" role="group" aria-label={t('view.label')}>
        {views.map((name) => (
          <button
            key={name}
            type="button"
            class="view-tab"
            aria-pressed={view === name}
            title={keyTitle(t(`view.${name}`), name)}
            data-testid={`view-${name}`}
            onClick={() => showView(name)}
          >
            {t(`view.${name}`)}
          </button>
        ))}
      </div>
      <LibraryButtons />
      <span class="spring" />
      <Popover label={t('examples.title')} text={t('examples.short')} icon="help" align="end" testId="examples">
        {() => (
          <div class="examples-menu">
            <Lazy load={loadExamples} />
          </div>
        )}
      </Popover>
      <div class="segments" role="group" aria-label={t('mode.label')}>
        {(['builder', 'code'] as const).map((name) => (
          <button
            key={name}
            type="button"
            class="segment"
            aria-pressed={mode === name}
            title={keyTitle(t(`mode.${name}`), name)}
            data-testid={`mode-${name}`}
            onClick={() => {
              queryMode.value = name
            }}
          >
            {t(`mode.${name}`)}
          </button>
        ))}
      </div>
    </div>
  )
}

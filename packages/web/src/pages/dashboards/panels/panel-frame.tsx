import { useId, useMemo, useRef } from 'preact/hooks'
import { t } from '../../../shell/i18n.ts'
import { editing } from '../edit/hooks.ts'
import { range, scopeOf } from '../model/dashboard-state.ts'
import { interpolateText } from '../model/interpolate.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { panelBodies } from './body.ts'
import { contentOf, isEmpty, type PanelContent } from './content.ts'
import { EditMenu } from './edit-menu.tsx'
import { Nothing } from './nothing.tsx'
import { PanelFaultNote } from './panel-fault.tsx'
import { PanelMenu } from './panel-menu.tsx'
import { TextPanel } from './text-panel.tsx'
import { type PanelState, usePanel } from './use-panel.ts'

/** A panel with its heading, its menu and whatever state its data is in. */
export function PanelFrame({ shown, solo = false }: { readonly shown: ShownPanel; readonly solo?: boolean }) {
  const box = useRef<HTMLElement>(null)
  const heading = useId()
  const state = usePanel(shown, box)
  const { panel, scoped } = shown
  const { data } = state
  const answer = data.answer.value
  const now = range.value
  const words = (text: string): string =>
    now === undefined ? text : interpolateText(text, scopeOf(now, answer?.request.stepMs ?? 15_000, scoped))
  const title = words(panel.title)
  const content = useMemo(
    () => (answer === undefined ? undefined : contentOf(panel, answer, words)),
    [answer, panel, scoped],
  )
  const Body = panelBodies[panel.kind]
  return (
    <section
      ref={box}
      class="dash-panel"
      aria-labelledby={heading}
      aria-busy={data.loading.value}
      data-panel={shown.id}
      tabIndex={editing.value ? 0 : undefined}
      data-kind={panel.kind}
      data-state={panel.kind === 'text' ? 'ready' : stateOf(state, content)}
    >
      <header class="dash-panel-head">
        <h2 id={heading} class={title === '' ? 'offscreen' : ''} title={panel.description}>
          {title === '' ? t(`dashboards.kind.${panel.kind}`) : title}
        </h2>
        {panel.kind === 'text' ? (
          <EditMenu shown={shown} title={title} />
        ) : (
          <PanelMenu shown={shown} title={title} content={content} />
        )}
      </header>
      {panel.kind === 'text' ? (
        <TextPanel text={words(panel.text ?? '')} label={title === '' ? t('dashboards.kind.text') : title} />
      ) : (
        <div class="dash-panel-body">
          {data.loading.value ? <div class="progress dash-progress" aria-hidden="true" /> : null}
          {data.fault.value === undefined ? null : <PanelFaultNote fault={data.fault.value} onRetry={state.retry} />}
          {content !== undefined && content.fault !== '' ? (
            <p class="fault" role="alert">
              {t('dashboards.transformFault', { reason: content.fault })}
            </p>
          ) : null}
          {content === undefined ? (
            <p class="dash-empty hint">{state.waiting ? t('dashboards.waiting') : ''}</p>
          ) : content.answer.answers.length === 0 ? (
            <p class="dash-empty hint">{t('dashboards.noQuery')}</p>
          ) : isEmpty(content) ? (
            data.fault.value === undefined ? (
              <Nothing shown={shown} request={content.answer.request} />
            ) : null
          ) : (
            <div class={data.loading.value || data.fault.value !== undefined ? 'dash-data old' : 'dash-data'}>
              {Body === undefined ? (
                <p class="dash-empty hint">{t('dashboards.unknownPanel', { kind: panel.kind })}</p>
              ) : (
                <Body shown={shown} content={content} solo={solo} title={title} />
              )}
            </div>
          )}
        </div>
      )}
    </section>
  )
}

/** For tests and styles: what the panel shows; `unasked` while it was never on screen. */
function stateOf({ data, waiting }: PanelState, content: PanelContent | undefined): string {
  if (data.fault.value !== undefined) return 'fault'
  if (content === undefined) return waiting ? 'waiting' : data.loading.value ? 'loading' : 'unasked'
  return isEmpty(content) ? 'empty' : 'ready'
}

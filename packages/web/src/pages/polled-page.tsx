import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { t } from '../shell/i18n.ts'
import type { Polled } from './polled.ts'

interface PolledPageProps {
  /** Also the beginning of the test ids. */
  readonly name: string
  readonly title: string
  readonly lead: string
  /** What stands before the reason when nothing was ever answered. */
  readonly fault: string
  readonly source: Polled<unknown>
  readonly children: ComponentChildren
}

/** A page of figures that renew themselves; while the server refuses, the last stand with a word about it. */
export function PolledPage({ name, title, lead, fault, source, children }: PolledPageProps) {
  useEffect(source.start, [])
  const ready = source.answer.value !== undefined
  const reason = source.fault.value
  return (
    <div class="setup sources" data-testid={name}>
      <div class="setup-column">
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        {reason === '' ? null : (
          <p class="fault" role="alert" data-testid={`${name}-fault`}>
            {ready ? t('sources.faultKept') : fault} {reason}
          </p>
        )}
        {ready ? children : <p class="dim">{reason === '' ? t('sources.loading') : ''}</p>}
      </div>
    </div>
  )
}

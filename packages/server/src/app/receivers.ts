import type { CountLabels, OpenReceiver, ReceiverContext } from '../ingest/receiver.ts'
import { receivers } from '../ingest/receivers/index.ts'

/** A receiver that is switched on, made ready. */
export interface ActiveReceiver extends OpenReceiver {
  readonly name: string
}

/** Makes every receiver ready that is not switched off (`receivers.NAME.enabled`), in order of the table. */
export function openReceivers(
  options: Readonly<Record<string, unknown>>,
  contextOf: (receiver: CountLabels['receiver']) => ReceiverContext,
): ActiveReceiver[] {
  const active: ActiveReceiver[] = []
  for (const { name, open } of receivers) {
    const { enabled, ...own } = options[name] as { readonly enabled?: boolean }
    if (enabled !== false) active.push({ name, ...open(own, contextOf(name)) })
  }
  return active
}

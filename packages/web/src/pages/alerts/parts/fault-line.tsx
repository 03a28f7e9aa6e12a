import type { Signal } from '@preact/signals'
import { wordsOfFault } from '../../polled.ts'

/** What went wrong with the last thing that was asked for; nothing while all is well. */
export function FaultLine({ fault, testId }: { readonly fault: Signal<unknown>; readonly testId?: string }) {
  if (fault.value === undefined) return null
  return (
    <p class="fault fault-text" role="alert" data-testid={testId}>
      {wordsOfFault(fault.value)}
    </p>
  )
}

import type { Notifier, NotifierContext, OpenNotifier } from '../notifier.ts'
import { substituted } from '../option-list.ts'
import { createOutgoing } from '../outgoing/create-outgoing.ts'
import { createNotificationTemplates } from '../templates/create-templates.ts'

/** As for what stands in a configuration file, with Girok's own templates. */
export function trustedContext(): NotifierContext {
  const now = () => Date.parse('2026-01-02T04:00:00Z')
  return {
    outgoing: createOutgoing({ guard: undefined, now, environment: {} }),
    templates: createNotificationTemplates(),
    trusted: true,
    now,
  }
}

/** A notifier with options as in alertmanager.yml; `$URL` in them stands for `url`. */
export function openForTest<Options>(
  notifier: Notifier<Options>,
  options: Readonly<Record<string, unknown>>,
  url: string,
  context: NotifierContext = trustedContext(),
): OpenNotifier {
  return notifier.open(notifier.complete(notifier.options.parse(substituted(options, url)), {}), context)
}

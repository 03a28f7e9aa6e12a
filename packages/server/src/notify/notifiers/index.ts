import type { Notifier } from '../notifier.ts'
import { email } from './email.ts'
import { opsgenie } from './opsgenie.ts'
import { pagerduty } from './pagerduty.ts'
import { telegram } from './telegram.ts'

/** Every way to tell people of alerts, by name. */
export const notifiers: Readonly<Record<string, Notifier>> = {
  email: email as Notifier,
  opsgenie: opsgenie as Notifier,
  pagerduty: pagerduty as Notifier,
  telegram: telegram as Notifier,
}

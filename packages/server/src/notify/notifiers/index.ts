import type { Notifier } from '../notifier.ts'
import { discord } from './discord.ts'
import { email } from './email.ts'
import { msteams } from './msteams.ts'
import { msteamsv2 } from './msteamsv2.ts'
import { opsgenie } from './opsgenie.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'

const all = [discord, email, msteams, msteamsv2, opsgenie, pagerduty, slack, telegram, webhook] as readonly Notifier[]

/** Every way to tell people of alerts, by name. */
export const notifiers: Readonly<Record<string, Notifier>> = Object.fromEntries(all.map((one) => [one.name, one]))

import type { AlertChangeEntry, NotificationEntry } from '../../alerting/alertmanager/alertmanager.ts'
import { matchesAll } from '../../alerting/alertmanager/matchers/matcher.ts'
import { MatcherFault } from '../../alerting/alertmanager/matchers/matcher-fault.ts'
import { GirokError } from '../../model/errors.ts'
import { filterOf } from '../alertmanager/filters.ts'

const OUTCOMES: readonly string[] = ['sent', 'retrying', 'failed'] satisfies NotificationEntry['outcome'][]

/**
 * Which changes of alerts `filter` asks for: matchers on their labels. Undefined: all.
 * @throws GirokError `bad_request`
 */
export function changesWanted(params: URLSearchParams): ((body: AlertChangeEntry) => boolean) | undefined {
  try {
    const matchers = filterOf(params)
    if (matchers.length === 0) return undefined
    return ({ labels }) => matchesAll(matchers, new Map(Object.entries(labels)))
  } catch (error) {
    if (!(error instanceof MatcherFault)) throw error
    throw new GirokError('bad_request', `filter is no matcher like severity="critical": ${error.message}`)
  }
}

/** Whether an attempt by a contact point is asked for. */
type IsWanted = (body: NotificationEntry, receiver: string) => boolean

/**
 * Which attempts to notify `outcome`, `alertname` and `search` (words) ask for. Undefined: all.
 * @throws GirokError `bad_request`
 */
export function notificationsWanted(params: URLSearchParams): IsWanted | undefined {
  const [outcome = '', name = '', search = ''] = ['outcome', 'alertname', 'search'].map((one) => params.get(one) ?? '')
  if (outcome !== '' && !OUTCOMES.includes(outcome)) {
    throw new GirokError('bad_request', `outcome must be one of ${OUTCOMES.join(', ')}`)
  }
  const words = plain(search).split(/\s+/).filter(Boolean)
  if (outcome === '' && name === '' && words.length === 0) return undefined
  return (body, receiver) => {
    if (outcome !== '' && body.outcome !== outcome) return false
    if (name !== '' && !namesOf(body).includes(name)) return false
    if (words.length === 0) return true
    const text = textOf(body, receiver)
    return words.every((word) => text.includes(word))
  }
}

const plain = (text: string): string => text.normalize('NFC').toLowerCase()

/** Entries of earlier versions name alerts only where their groups do. */
function namesOf({ alertNames, groupLabels }: NotificationEntry): readonly string[] {
  return alertNames ?? [groupLabels.alertname ?? '']
}

function textOf(body: NotificationEntry, receiver: string): string {
  const labels = Object.entries(body.groupLabels).map((pair) => pair.join('='))
  const { integration, status, reason, error = '', groupKey } = body
  return plain([receiver, integration, status, reason, error, groupKey, ...namesOf(body), ...labels].join(' '))
}

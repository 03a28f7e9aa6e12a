import type { ReportedAlert } from '../../model/alert.ts'
import type { ApiRequest } from '../route.ts'
import { FAULT, FormFault } from './answer.ts'
import { type Json, readBody, required } from './read-json.ts'
import { NO_TIME_MS } from './read-time.ts'
import { isRequestUri } from './request-uri.ts'

export interface PostedAlerts {
  readonly alerts: readonly ReportedAlert[]
  /** Why others of the request are none, in Alertmanager's words. */
  readonly faults: readonly string[]
}

/**
 * The alerts of a request. One that is not of the form makes the whole request bad; one whose content is wrong is left
 * out, as Alertmanager does.
 * @throws FormFault
 */
export function postedAlerts(request: ApiRequest, nowMs: number, resolveTimeoutMs: number): PostedAlerts {
  const given = readBody(request, 'alerts', (body) => (body.list() ?? []).map(readAlert))
  for (const alert of given) checkForm(alert)
  const alerts: ReportedAlert[] = []
  const faults: string[] = []
  for (const alert of given) {
    const reported = reportedAlert(alert)
    const fault = contentFault(reported, nowMs, nowMs + resolveTimeoutMs)
    if (fault === undefined) alerts.push(reported)
    else faults.push(fault)
  }
  return { alerts, faults }
}

interface PostedAlert {
  readonly place: string
  readonly labels: ReadonlyMap<string, string> | undefined
  readonly annotations: ReadonlyMap<string, string>
  readonly startsAtMs: number | undefined
  readonly endsAtMs: number | undefined
  readonly generatorUrl: string
}

function readAlert(json: Json): PostedAlert {
  return {
    place: json.place,
    labels: json.field('labels').texts(),
    annotations: json.field('annotations').texts() ?? new Map(),
    startsAtMs: timeOf(json.field('startsAt')),
    endsAtMs: timeOf(json.field('endsAt')),
    generatorUrl: json.field('generatorURL').text() ?? '',
  }
}

function timeOf(json: Json): number | undefined {
  const timeMs = json.time()
  return timeMs === NO_TIME_MS ? undefined : timeMs
}

function checkForm({ place, labels, generatorUrl }: PostedAlert): void {
  if (generatorUrl !== '' && !isRequestUri(generatorUrl)) {
    const message = `${place}.generatorURL in body must be of type uri: ${JSON.stringify(generatorUrl)}`
    throw new FormFault(422, FAULT.format, message)
  }
  if (labels === undefined) throw required(`${place}.labels`)
}

function reportedAlert({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }: PostedAlert): ReportedAlert {
  return {
    labels: new Map([...(labels ?? [])].filter(([, value]) => value !== '')),
    annotations,
    // An alert of which only the end is told starts then, also when it is still to come.
    startsAtMs: startsAtMs ?? endsAtMs,
    endsAtMs,
    generatorUrl,
  }
}

/** @param lapsesMs when an alert without an end is over, unless it is reported again */
function contentFault(alert: ReportedAlert, nowMs: number, lapsesMs: number): string | undefined {
  const { labels, annotations, startsAtMs = nowMs, endsAtMs = lapsesMs } = alert
  if (endsAtMs < startsAtMs) return 'start time must be before end time'
  if (labels.has('')) return 'invalid label set: invalid name ""'
  if (labels.size === 0) return 'at least one label pair required'
  if (annotations.has('')) return 'invalid annotations: invalid name ""'
  return undefined
}

import { join } from 'node:path'
import { type Reported, withoutNulls } from '../alerting/alertmanager/config/config-text.ts'
import { readDeclared } from '../alerting/alertmanager/config/read-declared.ts'
import { withFiles } from '../alerting/alertmanager/config/receivers-section.ts'
import type { AlertmanagerTarget } from '../alerting/alerts/alertmanager-client.ts'
import type { FoundAlertmanager, RequestFault, RequestSettings } from '../model/scraping.ts'
import { type HttpOptions, httpOptions } from '../notify/outgoing/http-options.ts'

/** As Prometheus has it. */
const TIMEOUT_MS = 10_000
/** Where Alertmanager takes alerts, below its address. */
const API = '/api/v2/alerts'
const NONE: HttpOptions = httpOptions.parse({})

/** Holds what an entry of `alerting.alertmanagers` says of requests against the rules of `http_config`. */
export function checkAlertmanagerRequests(settings: RequestSettings): readonly RequestFault[] {
  return read(settings).faults
}

/** An Alertmanager that a `prometheus.yml` names, whose requests were checked. */
export function alertmanagerOf({ http, ...found }: FoundAlertmanager): AlertmanagerTarget {
  return { ...found, http: read(http).options ?? NONE }
}

/** An Alertmanager by its address, as in `alerting.alertmanagers` of Girok's configuration; credentials may stand in it. */
export function alertmanagerAt(address: string): AlertmanagerTarget {
  const url = new URL(address)
  const username = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  url.username = ''
  url.password = ''
  const http = username === '' ? NONE : httpOptions.parse({ basic_auth: { username, password } })
  return {
    key: address,
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}${API}`,
    timeoutMs: TIMEOUT_MS,
    http,
    relabel: undefined,
  }
}

function read({ fields, folder }: RequestSettings): {
  readonly options: HttpOptions | undefined
  readonly faults: readonly RequestFault[]
} {
  const faults: RequestFault[] = []
  const reported: Reported = {
    problem: (keys, message) => faults.push({ keys, message }),
    written: () => undefined,
  }
  const options = readDeclared(httpOptions, withoutNulls(fields), [], reported)
  // Paths start from the folder of a file.
  const placed = options && withFiles(httpOptions, options, [], join(folder, 'prometheus.yml'), reported)
  return { options: placed as HttpOptions | undefined, faults }
}

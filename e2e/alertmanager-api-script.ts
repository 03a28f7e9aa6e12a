/** Requests to Alertmanager's API, good and bad ones, that are sent to the original and to Girok alike. */

/** A configuration with routes, a time interval that mutes and inhibition; nothing is sent anywhere. */
export const CONFIGURATION = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  group_interval: 5s
  routes:
  - receiver: team-X
    matchers: [ team = "X" ]
    group_by: [alertname, team]
    continue: true
  - receiver: muted
    matchers: [ team = "M" ]
    mute_time_intervals: [always]
  - receiver: team-Y
    matchers: [ team =~ "X|Y" ]
receivers:
- name: default
- name: team-X
- name: team-Y
- name: muted
time_intervals:
- name: always
  time_intervals:
  - times: [{start_time: '00:00', end_time: '24:00'}]
inhibit_rules:
- source_matchers: [ severity = critical ]
  target_matchers: [ severity = warning ]
  equal: [ host ]
`

export interface Exchange {
  /** `POST /silences`. */
  readonly request: string
  readonly body?: unknown
  readonly status: number
  readonly answer: unknown
  /** What Alertmanager of before 0.26 answered otherwise. */
  readonly newer?: true
}

interface Step {
  readonly method: string
  readonly path: string
  /** A text is sent as it is. */
  readonly body?: unknown
  readonly type?: string
  /** Asked again until this holds. */
  readonly until?: (answer: never) => boolean
  /** The text of the refusal is the program's own: only its kind is compared. */
  readonly own?: true
  readonly newer?: true
  readonly unrecorded?: true
}

const HOUR_MS = 3_600_000
const UNKNOWN = '123e4567-e89b-12d3-a456-426614174000'

/** Runs the script; what is compared of each answer, ids and times replaced. */
export async function runScript(url: string): Promise<readonly Exchange[]> {
  const startMs = Date.now()
  const plain = normaliser(startMs)
  const exchanges: Exchange[] = []
  const send = async (step: Step): Promise<unknown> => {
    const { method, path, body, type = 'application/json', own, newer } = step
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    const init = sent === undefined ? { method } : { method, body: sent, headers: { 'content-type': type } }
    const attempt = async () => {
      const response = await fetch(`${url}/api/v2${path}`, init)
      const text = await response.text()
      return { status: response.status, answer: text === '' ? null : JSON.parse(text) }
    }
    let got = await attempt()
    for (let i = 0; step.until && !step.until(got.answer as never) && i < 100; i++) {
      await new Promise((done) => setTimeout(done, 100))
      got = await attempt()
    }
    if (step.unrecorded) return got.answer
    const number = exchanges.length
    const answer = plain(own ? kindOf(got.answer) : got.answer, number)
    exchanges.push({
      request: String(plain(`${method} ${path}`, number)),
      ...(body !== undefined && { body: plain(body, number) }),
      status: got.status,
      answer,
      ...(newer && { newer }),
    })
    return got.answer
  }
  const at = (ms: number) => new Date(startMs + ms).toISOString()
  await silences(send, at)
  await alerts(send, at)
  return exchanges
}

type Send = (step: Step) => Promise<unknown>
type At = (ms: number) => string

async function silences(send: Send, at: At): Promise<void> {
  let hours = 1
  const matcher = (given: object = {}) => ({ name: 'a', value: 'b', isRegex: false, isEqual: true, ...given })
  // Each ends at another time, so that their order is certain.
  const silence = (given: object = {}) => ({
    matchers: [matcher()],
    startsAt: at(0),
    endsAt: at(hours++ * HOUR_MS),
    createdBy: 'kim',
    comment: 'planned',
    ...given,
  })
  const post = async (body: unknown, more: Omit<Step, 'method' | 'path' | 'body'> = {}) =>
    ((await send({ method: 'POST', path: '/silences', body, ...more })) as { silenceID?: string } | null)?.silenceID ??
    ''
  const get = (path: string, more: Partial<Step> = {}) => send({ method: 'GET', path, ...more })
  const remove = (id: string, more: Partial<Step> = {}) => send({ method: 'DELETE', path: `/silence/${id}`, ...more })

  await get('/silences')
  for (const body of ['', 'null', '{}']) await post(body)
  for (const body of ['{', '[]', '"x"']) await post(body, { own: true })
  for (const field of ['matchers', 'startsAt', 'endsAt', 'createdBy', 'comment']) {
    await post(silence({ [field]: undefined }))
    await post(silence({ [field]: null }))
    await post(silence({ [field]: 1 }), { own: true })
  }
  await post(silence({ matchers: [] }))
  for (const field of ['name', 'value', 'isRegex']) await post(silence({ matchers: [matcher({ [field]: undefined })] }))
  for (const wrong of [{ value: 1 }, { isRegex: 'x' }, { isEqual: 1 }]) {
    await post(silence({ matchers: [matcher(wrong)] }), { own: true })
  }
  await post(silence({ matchers: [matcher({ name: '' })] }), { newer: true })
  await post(silence({ matchers: [matcher({ value: '(', isRegex: true })] }), { own: true })
  await post(silence({ matchers: [matcher(), matcher({ name: 'c', value: '[', isRegex: true })] }), { own: true })
  for (const empty of [{ value: '' }, { value: '.*', isRegex: true }, { value: 'x|', isRegex: true }]) {
    await post(silence({ matchers: [matcher(empty)] }), { newer: true })
  }
  for (const startsAt of ['x', '2026-13-22T02:00:00Z', '2026-01-32', '2026-01-01T25:00:00Z', 'now']) {
    await post(silence({ startsAt }), { own: true })
  }
  await post(silence({ endsAt: at(0) }))
  await post(silence({ endsAt: at(-1) }))
  await post(silence({ startsAt: at(-2 * HOUR_MS), endsAt: at(-HOUR_MS) }))
  await post(silence({ id: 'x' }))
  await post(silence({ id: UNKNOWN }))
  await post(silence({ id: 5 }), { own: true })
  await post(silence(), { type: 'text/plain' })
  await get('/silences')

  for (const startsAt of ['', '0001-01-01T00:00:00Z', '2020-01-01', '2020-01-01T00:00:00', '2020-01-01T00:00Z']) {
    await post(silence({ startsAt }), { newer: true })
  }
  await post(silence({ startsAt: '2020-01-01T00:00:00.123456789+09:00', createdBy: '', comment: '', id: '', more: 1 }))
  await post(silence({ matchers: [matcher({ isEqual: undefined })] }))
  await post(silence({ matchers: [matcher({ isEqual: null })] }), { type: 'application/json; charset=utf-8' })
  await post(silence({ matchers: [matcher({ isEqual: false }), matcher({ name: 'c', value: 'd.*', isRegex: true })] }))
  await post(silence({ matchers: [matcher({ isEqual: false, value: '' })] }))
  await post(silence({ matchers: [matcher({ isEqual: false, isRegex: true, value: 'x|y' })] }))
  await post(silence({ matchers: [matcher({ name: 'a-é b' })] }), { newer: true })
  await post(silence({ annotations: { ticket: 'T-1' } }), { newer: true })
  const list = () => get('/silences', { newer: true })
  await list()
  for (const filter of ['a="b"', 'a=b', 'a!=""', 'a!~"x|y"', 'c=~d.*', 'c=~d', 'nope=x']) {
    await get(`/silences?filter=${encodeURIComponent(filter)}`, { newer: true })
  }
  await get('/silences?filter=a!%3Db&filter=c%3D~d.*')
  for (const filter of ['a', '', '{a=b}', 'a=~"("']) {
    await get(`/silences?filter=${encodeURIComponent(filter)}`, { own: true })
  }

  const active = await post(silence())
  await get(`/silence/${active}`)
  for (const id of ['x', UNKNOWN, active.toUpperCase()]) await get(`/silence/${id}`)
  const { startsAt } = (await get(`/silence/${active}`)) as { startsAt: string }
  await post(silence({ id: active, startsAt, comment: 'changed', createdBy: 'lee' }))
  await post(silence({ id: active, startsAt: startsAt.replace(/\.\d+/, ''), comment: 'changed again' }))
  await get(`/silence/${active}`)
  const other = await post(silence({ id: active, startsAt, matchers: [matcher({ value: 'c' })] }))
  await get(`/silence/${active}`)
  await get(`/silence/${other}`)
  await post(silence({ id: active, startsAt }))
  await remove(active)
  await remove('x')
  await remove(UNKNOWN, { newer: true })

  const pending = await post(silence({ startsAt: at(HOUR_MS / 2) }))
  await post(silence({ id: pending, startsAt: at(HOUR_MS / 4) }))
  await get(`/silence/${pending}`)
  await post(silence({ id: pending, startsAt: at(-HOUR_MS / 4) }))
  await get(`/silence/${pending}`)
  const late = await post(silence({ startsAt: at(HOUR_MS / 2) }))
  await remove(late)
  await remove(late)
  await get(`/silence/${late}`)
}

async function alerts(send: Send, at: At): Promise<void> {
  const post = (body: unknown, more: Omit<Step, 'method' | 'path' | 'body'> = {}) =>
    send({ method: 'POST', path: '/alerts', body, ...more })
  const get = (path: string, more: Partial<Step> = {}) => send({ method: 'GET', path, newer: true, ...more })
  const x = (given: object = {}) => [{ labels: { alertname: 'x', q: '1' }, ...given }]

  // What was posted above would silence some.
  const silences = (await get('/silences')) as readonly { readonly id: string }[]
  for (const { id } of silences) await send({ method: 'DELETE', path: `/silence/${id}`, unrecorded: true })

  await get('/alerts')
  await get('/alerts/groups')
  for (const body of ['', 'null', '[]', '[{}]', '[{"labels":null}]', '[{"annotations":{"a":"b"}}]']) await post(body)
  for (const body of ['{', '{}', '"x"', '[1]', '[{"labels":[]}]']) await post(body, { own: true })
  for (const wrong of [
    { labels: { a: 1 } },
    { annotations: 1 },
    { startsAt: 'x' },
    { endsAt: 5 },
    { generatorURL: 1 },
  ]) {
    await post(x(wrong), { own: true })
  }
  for (const labels of [{}, { a: '' }, { alertname: 'x', '': 'y' }]) await post(x({ labels }))
  await post(x({ annotations: { '': 'b' } }))
  await post(x({ startsAt: at(0), endsAt: at(-1_000) }))
  await post(x({ startsAt: at(HOUR_MS) }))
  await post([{ labels: {} }, { labels: { a: '' } }, ...x({ labels: { alertname: 'kept' } })], { newer: true })
  await post(x(), { type: 'text/plain' })
  for (const generatorURL of ['x', '::', 'http://a b/', 'http://h/%zz', 'a.b/c', ' http://x', 'http://h:x/']) {
    await post(x({ generatorURL }))
  }
  await get('/alerts?filter=alertname%3Dx')

  const named = (alertname: string, more: object = {}) => ({ labels: { alertname }, ...more })
  const urls = [
    '',
    '/a/b',
    'mailto:x',
    'http://h:1/graph?g0.expr=up%7B%7D&x=y z',
    'foo://',
    'http://h/é',
    '//h/x',
    'x:y',
  ]
  await post(urls.map((generatorURL, i) => named(`url ${i}`, { generatorURL })))
  await post([
    named('no times', { startsAt: '0001-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z' }),
    named('null times', { startsAt: null, endsAt: null, annotations: null }),
    named('empty end', { endsAt: '' }),
    named('empty start', { startsAt: '' }),
    named('end alone', { endsAt: at(2 * HOUR_MS) }),
    named('later', { startsAt: at(HOUR_MS), endsAt: at(2 * HOUR_MS) }),
    named('over', { startsAt: at(-HOUR_MS), endsAt: at(-60_000) }),
    named('past start', { startsAt: at(-2 * HOUR_MS) }),
    named('more', { more: 1 }),
  ])
  await post([{ labels: { 'a-é b': 'y', alertname: 'names' }, annotations: { 'a b': 'c' } }], { newer: true })
  await post([
    { labels: { alertname: 'annotated', empty: '' }, annotations: { z: '1', summary: '<b> & "q"', none: '' } },
  ])
  await post([
    { labels: { alertname: 'source', severity: 'critical', host: 'h' } },
    { labels: { alertname: 'target', severity: 'warning', host: 'h' } },
    { labels: { alertname: 'target', severity: 'warning', host: 'i' } },
    { labels: { alertname: 't', team: 'X' } },
    { labels: { alertname: 't', team: 'Y' } },
    { labels: { alertname: 't', team: 'M' } },
  ])
  const of = (alertname: string) => `filter=${encodeURIComponent(`alertname=${alertname}`)}`
  const silence = {
    matchers: [{ name: 'team', value: 'Y', isRegex: false }],
    startsAt: at(0),
    endsAt: at(HOUR_MS),
    createdBy: 'kim',
    comment: 'c',
  }
  await send({ method: 'POST', path: '/silences', body: silence })
  const isSuppressed = (found: readonly { status: { state: string } }[]) =>
    found.some((one) => one.status.state === 'suppressed')
  await get('/alerts')
  await get(`/alerts?${of('target')}`, { until: isSuppressed })
  await get(`/alerts?${of('t')}`)
  const flags = ['active', 'silenced', 'inhibited', 'unprocessed']
  for (const flag of flags) {
    for (const alertname of ['t', 'target']) await get(`/alerts?${flag}=false&${of(alertname)}`)
  }
  for (const word of ['', 'true', '1', 'YES', 'on', 'x', '0']) await get(`/alerts?active=${word}&${of('t')}`)
  for (const filter of ['team=""', 'team!=""', 'team=~"X|Y"', 'team=~"X.+"', 'team!~"X|Y"', 'nope=""', 'nope=x']) {
    await get(`/alerts?${of('t')}&filter=${encodeURIComponent(filter)}`)
  }
  for (const receiver of ['team-X', 'team', 'team-.*', '', 'nope', '.*']) {
    await get(`/alerts?${of('t')}&receiver=${encodeURIComponent(receiver)}`)
  }
  for (const given of ['name="team-X"', 'name=~"team-.*"', 'receiver="team-X"', 'nope=""', 'name!="muted"']) {
    await get(`/alerts?${of('t')}&receiver_matchers=${encodeURIComponent(given)}`)
  }
  await get(`/alerts?${of('t')}&receiver=team-X&receiver_matchers=name%3D%22team-Y%22`)
  await get('/alerts?nope=1&filter=team%3DX')
  for (const path of ['/alerts', '/alerts/groups']) {
    for (const bad of ['filter=x', 'filter=', 'filter=a%3D~%22(%22', 'receiver=(']) {
      await get(`${path}?${bad}`, { own: true })
    }
    for (const bad of ['x', '(']) await get(`${path}?receiver_matchers=${bad}`, { own: true })
  }
  type Group = { alerts: { status: { mutedBy?: string[] } }[] }
  const isMuted = (groups: readonly Group[]) =>
    groups.some(({ alerts: [first] }) => first?.status.mutedBy === undefined || first.status.mutedBy.length > 0)
  await get(`/alerts/groups?${of('t')}`, { until: isMuted })
  await get(`/alerts/groups?${of('target')}`)
  for (const flag of ['muted', 'active', 'silenced', 'inhibited']) {
    await get(`/alerts/groups?${flag}=false&${of('t')}`)
  }
  for (const receiver of ['team-Y', 'team-.*', 'nope']) await get(`/alerts/groups?${of('t')}&receiver=${receiver}`)
  await get(`/alerts/groups?${of('t')}&receiver_matchers=name%3D%22team-X%22`)
  await get('/receivers')
  await get('/receivers?receiver_matchers=name%3D~%22team-.*%22')

  // Resolved ones are told no more.
  await post([{ labels: { alertname: 't', team: 'X' }, endsAt: at(0) }])
  await get(`/alerts?${of('t')}`)
}

/** Of a refusal in a program's own words: a text, or the code beside the text. */
function kindOf(answer: unknown): unknown {
  if (typeof answer === 'object' && answer !== null && 'code' in answer) return { code: answer.code }
  return typeof answer === 'string' ? 'a text' : answer
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/g
const DAY_MS = 86_400_000
/** Times are told in steps of five minutes, so that a slow machine tells the same ones; a little before counts as now. */
const STEP_MS = 300_000
const SLACK_MS = 60_000

/** Replaces ids by the number of the exchange in which they appear first, and times near the start by minutes since then. */
function normaliser(startMs: number): (value: unknown, exchange: number) => unknown {
  const ids = new Map<string, string>()
  const idOf = (id: string, exchange: number) => {
    if (id === UNKNOWN) return id
    const name = ids.get(id) ?? `silence ${exchange}`
    ids.set(id, name)
    return name
  }
  const time = (text: string) => {
    const ms = Date.parse(text) - startMs
    return Math.abs(ms) > 30 * DAY_MS ? text : `${Math.floor((ms + SLACK_MS) / STEP_MS) * 5} min`
  }
  return (value, exchange) => {
    const text = JSON.stringify(value)
      .replace(UUID, (id) => idOf(id, exchange))
      .replace(TIME, time)
    return JSON.parse(text)
  }
}

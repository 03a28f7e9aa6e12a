// Rules over logs: applications that each write some lines a second, a twentieth of them errors.
const EVERY_MS = 1_000
const HISTORY_S = 10 * 60
const APPS = 20
const PATHS = ['/', '/login', '/pay', '/search', '/static']

/** Lines and rules over them. `lines`: how many a second over all applications. */
export function overLines({ lines }) {
  const perApp = Math.ceil(lines / APPS)
  let written = 0
  const streams = (fromMs, seconds) =>
    Array.from({ length: APPS }, (_, app) => ({
      stream: { app: `app-${app}`, env: app % 2 === 0 ? 'prod' : 'test' },
      values: Array.from({ length: perApp * seconds }, (_, i) => {
        written += 1
        const ms = fromMs + Math.floor((i * 1000) / perApp)
        return [`${ms}${String(written % 1_000_000).padStart(6, '0')}`, lineOf(written)]
      }),
    }))
  return {
    what: `${lines} lines a second of ${APPS} applications`,
    setting: 'rules.logql',
    everyMs: EVERY_MS,
    async past(url) {
      const now = Date.now()
      for (let s = HISTORY_S; s > 0; s -= 10) await push(url, streams(now - s * 1000, 10))
    },
    present: (url) => push(url, streams(Date.now() - 1000, 1)),
    expression: (n) => EXPRESSIONS[n % EXPRESSIONS.length](`app-${Math.floor(n / EXPRESSIONS.length) % APPS}`, n),
  }
}

function lineOf(n) {
  const status = n % 20 === 0 ? 500 : 200
  const path = PATHS[n % PATHS.length]
  return `{"level":"${status === 500 ? 'error' : 'info'}","path":"${path}","status":${status},"ms":${n % 977},"message":"request ${n} is answered"}`
}

async function push(url, streams) {
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams }),
  })
  if (!response.ok) throw new Error(`push: ${response.status} ${await response.text()}`)
}

// The number of the rule stands in thresholds and patterns, so that no two rules of a kind are the same.
const EXPRESSIONS = [
  (app, n) => `sum by (app) (count_over_time({app="${app}"} |= "error" [5m])) > ${100_000 + n}`,
  (app, n) => `sum(rate({app="${app}"} |= "error" [5m])) / sum(rate({app="${app}"}[5m])) > ${1 + n}`,
  (app, n) => `sum by (app) (count_over_time({app="${app}"} |= "request ${n}" [1m])) > 1000`,
  (app) => `sum by (path) (count_over_time({app="${app}"} | json | status >= 500 [1m])) > 100000`,
  (app) => `absent_over_time({app="${app}"}[10m])`,
]

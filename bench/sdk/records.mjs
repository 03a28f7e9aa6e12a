// What is logged: made beforehand, 1,024 of each kind, so that values vary and making them is not measured.

export const COUNT = 1_024

/** Always the same numbers, so that all libraries get the same records. */
function generator(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

const random = generator(20_260_131)
const pick = (list) => list[Math.floor(random() * list.length)]
const hex = (digits) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
const whole = (limit) => Math.floor(random() * limit)
const list = (make) => Array.from({ length: COUNT }, (_, index) => make(index))

const PATHS = ['/v1/chat/completions', '/v1/embeddings', '/orders/4711', '/campaigns', '/health']

export const messages = list((index) => `request ${index} completed`)

/** Eight flat fields. */
export const requests = list(() => ({
  request_id: `req_${hex(12)}`,
  method: pick(['GET', 'POST', 'PUT']),
  path: pick(PATHS),
  status: pick([200, 200, 200, 201, 404, 500]),
  duration_ms: Math.round(random() * 1e5) / 100,
  user_id: `user${whole(100_000)}`,
  cached: random() < 0.5,
  response_bytes: whole(1_000_000),
}))

export const bound = list((index) => ({
  service: 'ads',
  environment: 'production',
  region: pick(['seoul', 'tokyo']),
  instance: `i-${hex(8)}`,
  build: 1_000 + index,
}))

export const contexts = list(() => ({
  request_id: `req_${hex(12)}`,
  user_id: `user${whole(100_000)}`,
  trace_id: hex(32),
}))

/** Two fields of a call below a context. */
export const steps = list((index) => ({ step: index % 8, duration_ms: Math.round(random() * 1e5) / 100 }))

/** Eight fields of which three are objects that hold a secret each: see REDACTED. */
export const secrets = list(() => ({
  request_id: `req_${hex(12)}`,
  method: pick(['GET', 'POST']),
  path: pick(PATHS),
  status: 200,
  duration_ms: Math.round(random() * 1e5) / 100,
  user: { id: `user${whole(100_000)}`, email: `${hex(6)}@example.com` },
  card: { number: `4111 1111 1111 ${1_000 + whole(9_000)}`, brand: 'visa' },
  headers: { authorization: `Bearer ${hex(24)}`, accept: '*/*' },
}))

export const REDACTED = ['user.email', 'card.number', 'headers.authorization']
export const MASK = '[REDACTED]'

function faultBelow(depth) {
  if (depth > 0) return faultBelow(depth - 1)
  return new TypeError(`cannot read the price of ad ${whole(1_000)}`)
}

/** Errors with a stack of ten frames. */
export const faults = list(() => {
  const fault = faultBelow(12)
  // Made now: the engine writes the text of a stack when it is read first, and would do so for one of the libraries only.
  fault.stack
  return fault
})

const WORDS = [
  'ad',
  'bid',
  'cost',
  'epoch',
  'loss',
  'rate',
  'gpu',
  'name',
  'host',
  'step',
  'score',
  'ok',
  'note',
  'size',
]

/** Twenty shapes of one to ten fields: strings, numbers, booleans, null, lists and small objects. */
const SHAPES = Array.from({ length: 20 }, (_, shape) =>
  Array.from({ length: 1 + (shape % 10) }, (_, index) => ({
    key: `${WORDS[(shape * 5 + index * 3) % WORDS.length]}_${(shape + index) % 7}`,
    kind: (shape * 7 + index * 5) % 11,
  })),
)

function valueOfKind(kind) {
  if (kind < 4) return `${pick(['alpha', 'beta', 'gamma'])}-${whole(10_000)}`
  if (kind < 6) return whole(1_000_000)
  if (kind < 8) return random() * 100
  if (kind === 8) return random() < 0.5
  return kind === 9 ? null : { id: whole(1_000), tags: ['a', 'b'] }
}

export const mixed = list((index) =>
  Object.fromEntries(SHAPES[index % SHAPES.length].map(({ key, kind }) => [key, valueOfKind(kind)])),
)

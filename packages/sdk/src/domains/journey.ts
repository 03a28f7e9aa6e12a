import type { Fields } from '../fields.ts'

/** What is known of a request. */
export interface AdRequestState {
  readonly user_id: string
  /** Seconds since the epoch. */
  readonly timestamp: number
  readonly context: Fields
  readonly status: 'pending' | 'served'
  readonly selected_ad?: string
}

export type JourneyEventType = 'request' | 'selection' | 'impression' | 'click' | 'conversion'

export interface JourneyEvent extends Fields {
  readonly type: JourneyEventType
  /** Seconds since the epoch. */
  readonly timestamp: number
}

/** A record as a log store gives it back: the fields as they were written, `message` among them. */
export interface StoredRecord {
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  readonly fields: Fields
}

/** Finds the records of one request in a log store. They may come in any order. */
export type JourneySource = (requestId: string) => Promise<readonly StoredRecord[]>

const TYPE_OF_MESSAGE: ReadonlyMap<unknown, JourneyEventType> = new Map([
  ['Ad request received', 'request'],
  ['Ad selected', 'selection'],
])
const EVENT_TYPES: ReadonlySet<unknown> = new Set(['impression', 'click', 'conversion'])

/** Facts of an event that its journey shows; the rest is in the record. */
const SHOWN = [
  'ad_id',
  'selection_reason',
  'bid_price',
  'click_x',
  'click_y',
  'conversion_value',
  'conversion_type',
] as const

/** The events among the records of one request, oldest first, and what they tell of the request itself. */
export function journeyEvents(records: readonly StoredRecord[]): {
  events: JourneyEvent[]
  state: AdRequestState | undefined
} {
  const events: JourneyEvent[] = []
  let request: StoredRecord | undefined
  let selected: string | undefined
  for (const record of [...records].sort((a, b) => a.timeMs - b.timeMs)) {
    const type = typeOf(record.fields)
    if (type === undefined) continue
    const shown: Record<string, unknown> = {}
    for (const name of SHOWN) if (record.fields[name] !== undefined) shown[name] = record.fields[name]
    events.push({ type, timestamp: record.timeMs / 1000, ...shown })
    if (type === 'request') request = record
    if (type === 'selection') selected = String(record.fields.ad_id)
  }
  return { events, state: request === undefined ? undefined : stateOf(request, selected) }
}

function typeOf({ message, event_type }: Fields): JourneyEventType | undefined {
  return EVENT_TYPES.has(event_type) ? (event_type as JourneyEventType) : TYPE_OF_MESSAGE.get(message)
}

function stateOf({ timeMs, fields }: StoredRecord, selected: string | undefined): AdRequestState {
  const { user_context } = fields
  const state: AdRequestState = {
    user_id: String(fields.user_id),
    timestamp: timeMs / 1000,
    context: typeof user_context === 'object' && user_context !== null ? (user_context as Fields) : {},
    status: selected === undefined ? 'pending' : 'served',
  }
  return selected === undefined ? state : { ...state, selected_ad: selected }
}

import type { Fields } from '../fields.ts'
import { jsonFormatter } from '../formatters/json.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { ExpiringMap } from './expiring-map.ts'
import { type AdRequestState, type JourneyEvent, type JourneySource, journeyEvents } from './journey.ts'
import { requestIdOf } from './request-id.ts'

export interface AdRequestFields extends Fields {
  readonly user_id: string
  /** Of the user: device, place, interests. */
  readonly user_context: Fields
  readonly available_ads_count: number
}

export interface AdSelectionFields extends Fields {
  readonly request_id: string
  readonly ad_id: string
  readonly selection_reason: string
  readonly bid_price?: number | undefined
}

export interface AdDeliveryFields extends Fields {
  readonly request_id: string
  readonly ad_id: string
}

export interface AdClickFields extends AdDeliveryFields {
  readonly click_x?: number | undefined
  readonly click_y?: number | undefined
}

export interface AdRequestConversionFields extends AdDeliveryFields {
  readonly conversion_value: number
  readonly conversion_type: string
}

export interface RequestJourney extends AdRequestState {
  readonly request_id: string
  /** Oldest first. */
  readonly events: readonly JourneyEvent[]
}

export interface RequestTrackerOptions extends DomainLoggerOptions {
  /** Requests kept for selections and journeys; the oldest are forgotten when there are more. Default 100,000. */
  readonly maxRequests?: number
  /** After this a request is forgotten, milliseconds. Default 24 hours. */
  readonly maxAgeMs?: number
  /** Where journeys are collected: girokJourneySource, or a function of your own. */
  readonly journeySource?: JourneySource
}

/**
 * Follows ad requests from request over selection and impression to click and conversion. The logger is
 * `ad_request_tracker`, the file `ads/ad_request_tracker_20251220_120000.log`, with module, function and line of the call.
 */
export class RequestTracker extends DomainLogger {
  readonly #requests: ExpiringMap<AdRequestState>
  readonly #source: JourneySource | undefined
  readonly #seconds: () => number

  constructor(name = 'ad_request_tracker', options: RequestTrackerOptions = {}) {
    super({ loggerName: name, directory: 'ads', fileName: name, formatter: jsonFormatter({ source: true }) }, options)
    const { maxRequests = 100_000, maxAgeMs = 86_400_000, now } = options
    this.#requests = new ExpiringMap({ maxEntries: maxRequests, maxAgeMs, now: this.clock })
    this.#source = options.journeySource
    // Microseconds, as in Python: ids are made of them, and a user may send two requests in a millisecond.
    const nowMs = now ?? (() => performance.timeOrigin + performance.now())
    this.#seconds = () => Math.round(nowMs() * 1000) / 1e6
  }

  /** INFO `Ad request received`; gives the id of the request. */
  trackAdRequest(request: AdRequestFields): string {
    const fields = copyOf(request)
    const { user_id, user_context } = fields
    let timestamp = this.#seconds()
    let request_id = requestIdOf(user_id, timestamp)
    while (this.#requests.get(request_id) !== undefined) {
      timestamp = Math.round(timestamp * 1e6 + 1) / 1e6
      request_id = requestIdOf(user_id, timestamp)
    }
    this.logger.info('Ad request received', Object.assign({ request_id }, fields, { request_id }))
    this.#requests.set(request_id, { user_id, timestamp, context: user_context, status: 'pending' })
    return request_id
  }

  /** INFO `Ad selected`; for an id that is not known WARNING `Unknown request ID` instead. */
  trackAdSelection(selection: AdSelectionFields): void {
    const fields = copyOf(selection)
    const { request_id, ad_id } = fields
    const request = this.#requests.get(request_id)
    if (request === undefined) {
      this.logger.warning('Unknown request ID', { request_id })
      return
    }
    this.logger.info('Ad selected', fields)
    this.#requests.set(request_id, { ...request, selected_ad: ad_id, status: 'served' })
  }

  /** INFO `Ad impression`, event_type impression. Like clicks and conversions it may come long after, or elsewhere: any id is taken. */
  trackAdImpression(fields: AdDeliveryFields): void {
    this.logger.info('Ad impression', copyOf(fields, { event_type: 'impression' }))
  }

  /** INFO `Ad click`, event_type click. */
  trackAdClick(fields: AdClickFields): void {
    this.logger.info('Ad click', copyOf(fields, { event_type: 'click' }))
  }

  /** INFO `Conversion tracked`, event_type conversion. */
  trackConversion(fields: AdRequestConversionFields): void {
    this.logger.info('Conversion tracked', copyOf(fields, { event_type: 'conversion' }))
  }

  /**
   * What became of a request: its state here, and its events from the log store. Without a source the request itself is
   * the only event. A request that is forgotten here is put together from its records; null when there are none.
   * Rejects when the source does.
   */
  async getRequestJourney(requestId: string, source = this.#source): Promise<RequestJourney | null> {
    const known = this.#requests.get(requestId)
    const { events, state } = journeyEvents(source === undefined ? [] : await source(requestId))
    const request = known ?? state
    if (request === undefined) return null
    const all = events.some(({ type }) => type === 'request')
      ? events
      : [{ type: 'request', timestamp: request.timestamp } as const, ...events]
    return { request_id: requestId, ...request, events: all }
  }
}

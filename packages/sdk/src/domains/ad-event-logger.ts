import type { Fields } from '../fields.ts'
import { copyOf } from './copy-of.ts'
import { StructuredLogger, type StructuredLoggerOptions } from './structured-logger.ts'

export interface AdFields extends Fields {
  readonly ad_id: string
  readonly user_id: string
}

export interface AdConversionFields extends AdFields {
  readonly conversion_value: number
}

export interface BidRequestFields extends Fields {
  readonly request_id: string
}

export interface BidResponseFields extends BidRequestFields {
  readonly bid_price: number
  /** Whether the bid won. */
  readonly win: boolean
}

/**
 * Events of an ad server. The logger is NAME, the file `ads/NAME_20251220_120000.log`. What the methods take are the
 * fields of the record; further ones may be added.
 */
export class AdEventLogger extends StructuredLogger {
  constructor(name = 'ad_events', options: StructuredLoggerOptions = {}) {
    super(name, { directory: 'ads', ...options })
  }

  /** INFO, event_type impression. */
  logImpression(fields: AdFields): void {
    this.info('Ad impression recorded', copyOf(fields, { event_type: 'impression' }))
  }

  /** INFO, event_type click. */
  logClick(fields: AdFields): void {
    this.info('Ad click recorded', copyOf(fields, { event_type: 'click' }))
  }

  /** INFO, event_type conversion. */
  logConversion(fields: AdConversionFields): void {
    this.info('Conversion recorded', copyOf(fields, { event_type: 'conversion' }))
  }

  /** DEBUG, event_type bid_request: recorded only with the option `level: 'DEBUG'`, for there are very many. */
  logBidRequest(fields: BidRequestFields): void {
    this.debug('Bid request received', copyOf(fields, { event_type: 'bid_request' }))
  }

  /** INFO, event_type bid_response. */
  logBidResponse(fields: BidResponseFields): void {
    this.info('Bid response sent', copyOf(fields, { event_type: 'bid_response' }))
  }
}

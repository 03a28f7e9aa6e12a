import type { Fields } from '../fields.ts'
import { ContextualLogger, type ContextualLoggerOptions } from './contextual-logger.ts'
import { copyOf } from './copy-of.ts'
import { ExpiringMap } from './expiring-map.ts'
import { textOf } from './text-table.ts'

export interface CampaignFields extends Fields {
  readonly campaign_id: string
  readonly campaign_name: string
  readonly budget: number
  /** `2024-06-01` */
  readonly start_date: string
  readonly end_date: string
}

export interface CampaignPerformanceFields extends Fields {
  readonly campaign_id: string
  readonly impressions: number
  readonly clicks: number
  readonly conversions: number
  readonly spend: number
  /** Clicks per impression. */
  readonly ctr: number
  /** Return on ad spend: revenue per spend. */
  readonly roas: number
}

export interface CampaignSpendFields extends Fields {
  readonly campaign_id: string
  /** Since the start of the day. */
  readonly spent: number
  /** Of one day. */
  readonly budget: number
}

export interface CampaignTexts {
  /** Of the share of the budget in percent. */
  readonly budgetWarning: (percent: number) => string
}

const TEXTS: CampaignTexts = { budgetWarning: (percent) => `일일 예산의 ${percent}% 소진` }

export interface CampaignLoggerOptions extends ContextualLoggerOptions {
  /** A roas below it is a WARNING. Default 1. */
  readonly targetRoas?: number
  /** Share of the daily budget from which on a WARNING is due. Default 0.8. */
  readonly budgetWarningShare?: number
  /** Messages in place of the Korean ones. */
  readonly texts?: Partial<CampaignTexts>
  /** The day that a time belongs to: any text. Default: the local date. */
  readonly dayOf?: (timeMs: number) => string
  /** Takes events for other systems: `campaign_created`. What it throws is told by the logger `girok.sdk`. */
  readonly onEvent?: (eventType: string, data: Fields) => void | Promise<void>
}

/** Campaigns. The logger is `campaign` with service `campaign_manager`, the file `ads/campaign_20251220_120000.log`. */
export class CampaignLogger extends ContextualLogger {
  readonly #options: Required<Pick<CampaignLoggerOptions, 'targetRoas' | 'budgetWarningShare' | 'dayOf'>>
  readonly #texts: CampaignTexts
  readonly #onEvent: CampaignLoggerOptions['onEvent']
  /** By campaign, the day of the last warning. */
  readonly #warned: ExpiringMap<string>

  constructor(name = 'campaign', options: CampaignLoggerOptions = {}) {
    super(name, { directory: 'ads', ...options, defaults: { service: 'campaign_manager', ...options.defaults } })
    const { targetRoas = 1, budgetWarningShare = 0.8, dayOf = (timeMs) => new Date(timeMs).toDateString() } = options
    this.#options = { targetRoas, budgetWarningShare, dayOf }
    this.#texts = { ...TEXTS, ...options.texts }
    this.#onEvent = options.onEvent
    this.#warned = new ExpiringMap({ maxEntries: 100_000, now: this.now })
  }

  /** INFO, action create_campaign, and the event `campaign_created`. */
  logCampaignCreated(campaign: CampaignFields): void {
    this.info('Campaign created', { action: 'create_campaign', ...copyOf(campaign) })
    this.#tell('campaign_created', campaign)
  }

  /** INFO, metric_type performance; a roas below the target is a WARNING with target_roas besides. */
  logCampaignPerformance(performance: CampaignPerformanceFields): void {
    const fields = copyOf(performance)
    this.info('Campaign performance update', { metric_type: 'performance', ...fields })
    const { campaign_id, roas } = fields
    const target_roas = this.#options.targetRoas
    if (typeof roas === 'number' && roas < target_roas) {
      this.warning('Campaign underperforming', { campaign_id, metric_type: 'performance', roas, target_roas })
    }
  }

  /** Call it after every spend: a WARNING when 80 % of the daily budget are spent, once per campaign and day. */
  trackSpend(spend: CampaignSpendFields): void {
    const fields = copyOf(spend)
    const { campaign_id, spent, budget } = fields
    const { budgetWarningShare, dayOf } = this.#options
    if (typeof spent !== 'number' || typeof budget !== 'number') return
    // Not `spent / budget < share`: with a budget of 0 any spend is too much, and 0 / 0 is no number.
    if (!(spent > 0 && spent >= budget * budgetWarningShare)) return
    const day = dayOf(this.now())
    if (this.#warned.get(campaign_id) === day) return
    this.#warned.set(campaign_id, day)
    this.warning(textOf(this.#texts.budgetWarning, Math.round(budgetWarningShare * 100)), fields)
  }

  #tell(eventType: string, data: Fields): void {
    if (this.#onEvent === undefined) return
    const failed = (error: unknown) =>
      this.complain(`the event ${eventType} was not sent: ${error instanceof Error ? error.message : String(error)}`)
    try {
      this.#onEvent(eventType, data)?.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

import type { Fields } from '../fields.ts'
import type { ApiMetrics } from './api-metrics.ts'
import { asText } from './as-text.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { errorType } from './error-type.ts'
import { pythonFixed } from './python-number.ts'
import { textOf } from './text-table.ts'

export interface RequestStartFields extends Fields {
  readonly method: string
  /** The route, not the URL: `/users/:id`. It becomes a label of the metrics. */
  readonly endpoint: string
  readonly client_ip?: string | undefined
}

export interface RequestEndFields extends RequestStartFields {
  readonly status_code: number
  /** Seconds. */
  readonly duration: number
}

export interface AiInferenceFields extends Fields {
  /** Seconds. */
  readonly duration: number
  /** Characters. */
  readonly prompt_length: number
  /** Characters. */
  readonly response_length: number
  /** Default false. Answers from the cache are not in the histogram. */
  readonly cached?: boolean
}

export interface CacheMetricsFields extends Fields {
  /** 0 to 1. */
  readonly hit_rate: number
  /** Entries. */
  readonly cache_size: number
}

/** The messages of ApiMonitor, each made of the fields of its record. */
export interface ApiMonitorTexts {
  readonly requestStart: (fields: RequestStartFields) => string
  readonly requestEnd: (fields: RequestEndFields) => string
  readonly aiInference: (fields: AiInferenceFields & { readonly cached: boolean }) => string
  readonly error: (fields: { readonly error_type: string; readonly error_message: string }) => string
  readonly cacheMetrics: (fields: CacheMetricsFields) => string
}

const TEXTS: ApiMonitorTexts = {
  requestStart: ({ method, endpoint }) => `API 요청 시작: ${method} ${endpoint}`,
  requestEnd: ({ method, endpoint, status_code, duration }) =>
    `API 요청 완료: ${method} ${endpoint} - ${status_code} (${pythonFixed(duration, 4)}s)`,
  aiInference: ({ duration, prompt_length, response_length, cached }) =>
    `AI 추론 완료: ${pythonFixed(duration, 4)}s (입력: ${prompt_length}자, 출력: ${response_length}자, 캐시: ${cached ? 'True' : 'False'})`,
  error: ({ error_type, error_message }) => `오류 발생: ${error_type}: ${error_message}`,
  cacheMetrics: ({ hit_rate, cache_size }) =>
    `캐시 상태: 적중률 ${pythonFixed(hit_rate * 100, 2)}%, 크기 ${cache_size}`,
}

export interface ApiMonitorOptions extends DomainLoggerOptions {
  /** Of apiMetrics or loadApiMetrics. Default: records only. */
  readonly metrics?: ApiMetrics
  /** Messages in place of the Korean ones. */
  readonly texts?: Partial<ApiMonitorTexts>
}

/**
 * Follows an API: requests, inference, cache, errors, as records and as Prometheus metrics. The logger is NAME, the file
 * `api/NAME_20251220_120000.log`. A request id comes from the context (withContext, the middleware), so that a request
 * can be followed from its start to the inference.
 */
export class ApiMonitor extends DomainLogger {
  readonly #metrics: ApiMetrics | undefined
  readonly #texts: ApiMonitorTexts

  constructor(name = 'api_monitor', options: ApiMonitorOptions = {}) {
    super({ loggerName: name, directory: 'api', fileName: name }, options)
    this.#metrics = options.metrics
    this.#texts = { ...TEXTS, ...options.texts }
    if (options.metrics !== undefined) this.logger.addHandler(options.metrics.errorHandler)
  }

  /** INFO, event_type request_start; one more in active_connections. */
  logRequestStart(request: RequestStartFields): void {
    const fields = copyOf(request)
    this.logger.info(textOf(this.#texts.requestStart, fields), { ...fields, event_type: 'request_start' })
    this.#metrics?.requestStarted()
  }

  /** INFO, event_type request_end; counted, its duration observed, one less in active_connections. */
  logRequestEnd(request: RequestEndFields): void {
    const fields = copyOf(request)
    const { method, endpoint, status_code, duration } = fields
    this.logger.info(textOf(this.#texts.requestEnd, fields), { ...fields, event_type: 'request_end' })
    this.#metrics?.requestEnded(method, endpoint, status_code, duration)
  }

  /** INFO, event_type ai_inference. */
  logAiInference(inference: AiInferenceFields): void {
    const fields = copyOf(inference)
    const all = { ...fields, cached: fields.cached ?? false }
    this.logger.info(textOf(this.#texts.aiInference, all), { ...all, event_type: 'ai_inference' })
    if (!all.cached) this.#metrics?.aiInference(fields.duration)
  }

  /** ERROR, event_type error, with error_type, error_message and `context`; counted in api_errors_total. */
  logError(error: unknown, context: Fields = {}): void {
    const fault = error instanceof Error ? error : new Error(asText(error))
    const fields = { error_type: errorType(fault), error_message: fault.message, context }
    this.logger.error(textOf(this.#texts.error, fields), { ...fields, event_type: 'error' })
  }

  /** INFO, event_type cache_metrics. */
  logCacheMetrics(metrics: CacheMetricsFields): void {
    const fields = copyOf(metrics)
    this.logger.info(textOf(this.#texts.cacheMetrics, fields), { ...fields, event_type: 'cache_metrics' })
    this.#metrics?.cacheHitRate(fields.hit_rate)
  }
}

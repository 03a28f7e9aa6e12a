import type { Fields } from '../fields.ts'
import { asText } from './as-text.ts'
import { copyOf } from './copy-of.ts'
import { cut } from './cut.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { elapsedMs } from './elapsed.ts'
import { errorType } from './error-type.ts'
import { ExpiringMap } from './expiring-map.ts'
import { hideSecrets } from './hide-secrets.ts'

/** Keeps texts of prompts and outputs in the records. */
export interface TextRecording {
  /**
   * Takes personal data and secrets out, before the text is cut. Default: what the processor `redact` knows by its looks
   * (addresses, card and telephone numbers, keys …); names and stories it does not know.
   */
  readonly redact?: (text: string) => string
  /** Default true. */
  readonly prompt?: boolean
  /** Default true. */
  readonly output?: boolean
  /** Characters kept of each text. Default 1000. */
  readonly maxLength?: number
}

export interface InferenceLoggerOptions extends DomainLoggerOptions {
  /** Default: only the lengths of prompts and outputs are recorded. */
  readonly recordText?: TextRecording
  /** Requests that wait for their response; the oldest are forgotten when there are more. Default 10,000. */
  readonly maxPending?: number
  /** After this a request without a response is forgotten, milliseconds. Default one hour. */
  readonly maxPendingMs?: number
}

export interface InferenceRequest extends Fields {
  readonly request_id: string
  readonly model_name: string
  /** Its length is recorded (Unicode characters), not the text, unless the option `recordText` says so. */
  readonly prompt: string
}

export interface InferenceResponse extends Fields {
  readonly request_id: string
  readonly tokens_generated: number
  /** Default: time since logRequest. */
  readonly latency_ms?: number | undefined
  /** Default: that of the request. */
  readonly model_name?: string | undefined
  /** Its length is recorded as `output_length`, the text only by the option `recordText`. */
  readonly output?: string | undefined
}

export interface InferenceFailure extends Fields {
  readonly request_id: string
  readonly error: unknown
  readonly latency_ms?: number | undefined
  readonly model_name?: string | undefined
}

interface Pending {
  readonly atMs: number
  readonly model_name: string
  readonly prompt_length: number | undefined
}

/**
 * Follows requests to a language model. The logger is `inference.NAME`, the file `inference/NAME_20251220_120000.log`.
 * A response finds its request by request_id and takes model_name, prompt_length and the latency from it.
 */
export class InferenceLogger extends DomainLogger {
  readonly #texts: TextRecording | undefined
  readonly #pending: ExpiringMap<Pending>

  constructor(name: string, options: InferenceLoggerOptions = {}) {
    super({ loggerName: `inference.${name}`, directory: 'inference', fileName: name }, options)
    this.#texts = options.recordText
    const { maxPending = 10_000, maxPendingMs = 3_600_000 } = options
    this.#pending = new ExpiringMap({ maxEntries: maxPending, maxAgeMs: maxPendingMs, now: this.clock })
  }

  /** INFO `inference_request` with prompt_length. */
  logRequest(request: InferenceRequest): void {
    const { request_id, model_name, ...given } = copyOf(request)
    const { more, texts, prompt_length } = this.#withoutTexts(given)
    this.#pending.set(request_id, { atMs: this.clock(), model_name, prompt_length })
    this.logger.info('inference_request', { request_id, prompt_length, model_name, ...more, ...texts })
  }

  /** INFO `inference_response`; tokens_per_second = tokens_generated / latency in seconds, to one decimal. */
  logResponse(response: InferenceResponse): void {
    const { request_id, tokens_generated, ...given } = copyOf(response)
    const { latency_ms, model_name, prompt_length, output_length, more, texts } = this.#join(request_id, given)
    const isTimed = typeof tokens_generated === 'number' && typeof latency_ms === 'number' && latency_ms > 0
    const perSecond = isTimed ? (tokens_generated * 1000) / latency_ms : undefined
    this.logger.info('inference_response', {
      request_id,
      latency_ms,
      tokens_generated,
      tokens_per_second: perSecond === undefined ? undefined : Math.round(perSecond * 10) / 10,
      model_name,
      prompt_length,
      output_length,
      ...more,
      ...texts,
    })
  }

  /** ERROR `inference_failure` with error_type and exception. */
  logFailure(failure: InferenceFailure): void {
    const { request_id, error, ...given } = copyOf(failure)
    const { latency_ms, model_name, prompt_length, more, texts } = this.#join(request_id, given)
    this.logger.error('inference_failure', {
      request_id,
      latency_ms,
      model_name,
      prompt_length,
      error_type: errorType(error),
      ...more,
      ...texts,
      exception: error,
    })
  }

  #join(requestId: string, given: Partial<Pick<InferenceResponse, 'latency_ms' | 'model_name'>> & Fields) {
    const request = this.#pending.take(requestId)
    const { latency_ms, model_name, ...others } = given
    const { more, texts, prompt_length, output_length } = this.#withoutTexts(others)
    return {
      latency_ms: latency_ms ?? (request === undefined ? undefined : elapsedMs(this.clock, request.atMs)),
      model_name: model_name ?? request?.model_name,
      prompt_length: prompt_length ?? request?.prompt_length,
      output_length,
      more,
      texts,
    }
  }

  /** Whichever method they come by, texts are taken out of what is recorded, but for those that are asked for. */
  #withoutTexts({ prompt, output, ...more }: Fields) {
    const { prompt: withPrompt = true, output: withOutput = true } = this.#texts ?? {}
    return {
      more,
      texts: {
        prompt: withPrompt ? this.#recorded(prompt) : undefined,
        output: withOutput ? this.#recorded(output) : undefined,
      },
      prompt_length: characters(prompt),
      output_length: characters(output),
    }
  }

  #recorded(text: unknown): string | undefined {
    if (this.#texts === undefined || text === undefined) return undefined
    const { redact = (plain: string) => hideSecrets(plain) as string, maxLength = 1000 } = this.#texts
    let safe: string
    try {
      safe = redact(asText(text))
    } catch {
      // Neither may logging throw, nor may a text be recorded that nobody has looked at.
      return '[redaction failed]'
    }
    return cut(asText(safe), maxLength)
  }
}

/** Unicode characters, as Python counts them; `length` counts many of them twice. */
function characters(text: unknown): number | undefined {
  // Callers without types; a list of messages, say, has no length that would mean the same.
  if (typeof text !== 'string') return undefined
  let pairs = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0xd800 && code < 0xdc00) {
      const next = text.charCodeAt(at + 1)
      if (next >= 0xdc00 && next < 0xe000) {
        pairs++
        at++
      }
    }
  }
  return text.length - pairs
}

import { GirokError } from '../../model/errors.ts'
import { type Engines, engineQueries } from '../rules/engine-queries.ts'
import { type BackTestResult, backTest } from './back-test.ts'
import { backTestRecording, type RecordingBackTestResult } from './recording-back-test.ts'
import type { BackTestGroup, BackTestRequest } from './request.ts'

/** What is asked of a back-test by people: what they do not say is as the server is configured. */
export interface AskedBackTest extends Pick<BackTestRequest, 'rule' | 'startMs' | 'endMs' | 'intervalMs'> {
  readonly group: Omit<BackTestGroup, 'queryOffsetMs'> & { readonly queryOffsetMs: number | undefined }
}

/** Tests rules over the past of a tenant. Rejects with `rate_limited` while too many run, with `timeout`, and as `backTest`. */
export type BackTests = (
  request: AskedBackTest,
  signal: AbortSignal,
) => Promise<BackTestResult | RecordingBackTestResult>

export interface BackTestOptions extends Engines {
  readonly tenant: string
  /** Of groups that do not say. Milliseconds. */
  readonly queryOffsetMs: number
  /** What templates see of the server. */
  readonly externalLabels: () => ReadonlyMap<string, string>
  readonly externalUrl: () => string
  /** Milliseconds that one may take; default two minutes. */
  readonly timeoutMs?: number
}

/** Back-tests that run at once: they take turns with the queries of people and of rules. */
const MOST_AT_ONCE = 3
const TIMEOUT_MS = 120_000

export function createBackTests({ timeoutMs = TIMEOUT_MS, ...options }: BackTestOptions): BackTests {
  let running = 0
  return async ({ rule, group, ...asked }, signal) => {
    if (running >= MOST_AT_ONCE) {
      throw new GirokError('rate_limited', `${MOST_AT_ONCE} back-tests run already: wait until one of them has ended`, {
        retryAfterSeconds: 5,
      })
    }
    running++
    const late = AbortSignal.timeout(timeoutMs)
    const end = AbortSignal.any([signal, late])
    const request = {
      ...asked,
      group: { ...group, queryOffsetMs: group.queryOffsetMs ?? options.queryOffsetMs },
      externalLabels: options.externalLabels(),
      externalUrl: options.externalUrl(),
    }
    const queries = engineQueries(options, options.tenant, end)
    try {
      return await (rule.kind === 'recording'
        ? backTestRecording({ ...request, rule }, queries, end)
        : backTest({ ...request, rule }, queries, end))
    } catch (error) {
      if (!late.aborted) throw error
      throw new GirokError(
        'timeout',
        `the back-test took longer than ${timeoutMs / 1000} s: take a longer interval or a shorter time`,
      )
    } finally {
      running--
    }
  }
}

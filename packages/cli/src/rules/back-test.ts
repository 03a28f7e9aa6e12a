import type { BackTestBody, BackTestResponse, RuleBody, RuleGroupBody, RuleLanguage } from '@girok/server/contract'
import { ask } from '../ask.ts'
import type { CommandContext } from '../command.ts'
import { Failure, UsageError } from '../failure.ts'
import { durationNs, timeNs } from '../time.ts'
import { backTestText } from './back-test-text.ts'
import { readRuleBodies } from './rule-file.ts'

const DEFAULT_INTERVAL_MS = 60_000
/** Evaluations of one back-test that the server takes. */
const MOST_EVALUATIONS = 11_000

/** `girok rules backtest`: what each rule of a file would have done. */
export async function backTestFile(
  { client, flags, out }: CommandContext,
  language: RuleLanguage,
  shown: string,
  path: string,
): Promise<void> {
  const nowMs = Date.now()
  const time = (flag: string, standard: string): number =>
    Number(timeNs(flags.text(flag) ?? standard, `--${flag}`, nowMs) / 1_000_000n)
  const [startMs, endMs] = [time('since', '1d'), time('until', 'now')]
  if (endMs <= startMs) throw new UsageError('--until must be later than --since')
  const asked = flags.text('interval')
  const intervalMs = asked === undefined ? undefined : msOf(asked, '--interval')
  const { groups } = await readRuleBodies(shown, path, language)
  const names = flags.all('rule')
  const rules = groups.flatMap((group) =>
    group.rules.filter((rule) => names.length === 0 || names.includes(nameOf(rule))).map((rule) => ({ group, rule })),
  )
  if (rules.length === 0) {
    throw new Failure(`${shown} has ${names.length === 0 ? 'no rules' : `no rule ${names.join(', ')}`}`)
  }
  for (const { group, rule } of rules) {
    const body: BackTestBody = {
      language,
      rule,
      ...ofGroup(group),
      startMs,
      endMs,
      intervalMs: intervalMs ?? intervalOf(group, endMs - startMs),
    }
    const answer = await ask<BackTestResponse>(client(), 'POST', '/girok/v1/alerting/backtest', body)
    const { alert, record } = rule
    if (flags.switch('json')) await out.write(`${JSON.stringify({ group: group.name, alert, record, ...answer })}\n`)
    else await out.write(backTestText(`${nameOf(rule)} of ${group.name}`, answer))
  }
}

function nameOf({ alert, record }: RuleBody): string {
  return alert ?? record ?? ''
}

function ofGroup({ labels, limit, query_offset: offset }: RuleGroupBody): Partial<BackTestBody> {
  return {
    ...(labels && { groupLabels: labels }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { queryOffsetMs: msOf(offset, 'query_offset') }),
  }
}

/** That of the group in whole seconds; so many times longer that the server takes the test. */
function intervalOf({ interval }: RuleGroupBody, lengthMs: number): number {
  const ownMs = interval === undefined ? DEFAULT_INTERVAL_MS : msOf(interval, 'interval')
  const groupMs = Math.max(1, Math.ceil(ownMs / 1000)) * 1000
  return groupMs * Math.max(1, Math.ceil(lengthMs / groupMs / (MOST_EVALUATIONS - 1)))
}

function msOf(duration: string, where: string): number {
  return Number(durationNs(duration, where) / 1_000_000n)
}

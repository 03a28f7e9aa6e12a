import type { BackTestBody, BackTestResponse, RuleBody, RuleLanguage } from '@girok/server/contract'
import { ask } from '../ask.ts'
import type { CommandContext } from '../command.ts'
import { Failure, UsageError } from '../failure.ts'
import { durationNs, timeNs } from '../time.ts'
import { backTestText } from './back-test-text.ts'
import { readRuleBodies } from './rule-file.ts'

/** `girok rules backtest`: what each alerting rule of a file would have done. */
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
  const intervalMs = Number(durationNs(flags.text('interval') ?? '1m', '--interval') / 1_000_000n)
  if (endMs <= startMs) throw new UsageError('--until must be later than --since')
  const { groups } = await readRuleBodies(shown, path, language)
  const names = flags.all('rule')
  const rules = groups.flatMap((group) =>
    group.rules
      .filter(({ alert }) => alert !== undefined && (names.length === 0 || names.includes(alert)))
      .map((rule) => ({ group, rule })),
  )
  if (rules.length === 0) {
    const wanted = names.length === 0 ? 'has no alerting rules' : `has no alerting rule ${names.join(', ')}`
    throw new Failure(`${shown} ${wanted}`)
  }
  for (const { group, rule } of rules) {
    const body: BackTestBody = {
      language,
      rule,
      ...(group.labels && { groupLabels: group.labels }),
      startMs,
      endMs,
      intervalMs,
    }
    const answer = await ask<BackTestResponse>(client(), 'POST', '/girok/v1/alerting/backtest', body)
    if (flags.switch('json'))
      await out.write(`${JSON.stringify({ group: group.name, alert: rule.alert, ...answer })}\n`)
    else await out.write(backTestText(titleOf(group.name, rule), answer))
  }
}

function titleOf(group: string, { alert }: RuleBody): string {
  return `${alert} of ${group}`
}

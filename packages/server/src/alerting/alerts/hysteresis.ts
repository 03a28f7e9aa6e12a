import { labelsText } from '../../model/labels.ts'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { AlertingRule } from '../rules/rule.ts'
import type { RuleValue } from '../rules/rule-samples.ts'

/**
 * The value that holds an alert whose series has gone, by the labels of the alert: a value of `keep_firing_while` whose
 * labels are those of the alert but for what the rule and its group add. An alert whose series is still there under other
 * labels (a template made another severity of it) is not held: nothing of it has gone.
 */
export function holdingValues(
  rule: AlertingRule,
  groupLabels: ReadonlyMap<string, string>,
  present: readonly RuleValue[],
  holding: readonly RuleValue[],
): (labels: ReadonlyMap<string, string>) => number | undefined {
  if (holding.length === 0) return () => undefined
  const added = new Set([METRIC_NAME, 'alertname', ...groupLabels.keys(), ...rule.labels.keys()])
  const identityOf = (labels: ReadonlyMap<string, string>): string => {
    const own = [...labels].filter(([name, value]) => value !== '' && !added.has(name))
    return labelsText(new Map(own.sort(([a], [b]) => (a < b ? -1 : 1))))
  }
  const values = new Map(holding.map(({ labels, value }) => [identityOf(labels), value]))
  for (const { labels } of present) values.delete(identityOf(labels))
  return (labels) => values.get(identityOf(labels))
}

import { labelSet, labelsText } from '../../model/labels.ts'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { RuleSample } from '../rules/rule-samples.ts'
import type { Alert } from './alert-state.ts'

/** Series that tell which alerts are pending and which fire. */
export const ALERTS = 'ALERTS'
/** Series that tell since when alerts are active, in whole seconds since the epoch. */
export const ALERTS_FOR_STATE = 'ALERTS_FOR_STATE'

/** The series `ALERTS` and `ALERTS_FOR_STATE` of alerts that are pending or firing. */
export function alertSamples(alerts: Iterable<Alert>): RuleSample[] {
  const samples: RuleSample[] = []
  for (const { state, labels, activeAtMs } of alerts) {
    if (state === 'inactive') continue
    samples.push(sampleOf([...labels, [METRIC_NAME, ALERTS], ['alertstate', state]], 1))
    samples.push(sampleOf([...labels, [METRIC_NAME, ALERTS_FOR_STATE]], Math.floor(activeAtMs / 1000)))
  }
  return samples
}

function sampleOf(pairs: Iterable<readonly [string, string]>, value: number): RuleSample {
  const labels = labelSet(new Map(pairs))
  return { labels, key: labelsText(labels), value }
}

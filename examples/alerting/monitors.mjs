// Monitors: functions that see each record right after it was stored.
//   girok serve --set alerting.monitors=monitors.mjs

/** An event of the type `error` anywhere. */
const errorRate = {
  name: 'error_rate',
  check({ fields }) {
    if (fields?.type !== 'error') return undefined
    return { type: 'high_error_rate', severity: 'warning', message: 'Error rate exceeded threshold' }
  },
}

/** A training job that dies of its memory. Critical: who is told is told at once. */
const outOfMemory = {
  name: 'out_of_memory',
  selector: '{job="training"} |= "out of memory"',
  check: ({ fields, line }) => ({ type: 'out_of_memory', severity: 'critical', message: fields?.message ?? line }),
}

export default [errorRate, outOfMemory]

/**
 * A function over the live feed: it sees each stored record and says when something is wrong. What it returns becomes an
 * alert. A monitor that throws is told by name and does not disturb the others.
 */
export interface Monitor {
  /** Unique. */
  readonly name: string
  /** Records that it sees, as a LogQL stream selector with line filters (`{job="ads"} |= "error"`). Absent: all. */
  readonly selector?: string
  /** Whether it is active from the start. Default: true. */
  readonly active?: boolean
  /** An alert is resolved when nothing is wrong for this long. Default: 300,000. */
  readonly resolveAfterMs?: number
  /** Must be quick: all monitors share one thread. Undefined: nothing is wrong. */
  readonly check: (record: MonitoredRecord) => MonitorAlert | undefined
}

export interface MonitoredRecord {
  readonly timeMs: number
  readonly line: string
  readonly labels: ReadonlyMap<string, string>
  /** Structured metadata. */
  readonly attributes: ReadonlyMap<string, string>
  /** OTel severity text, lower case; '' when it has none. */
  readonly level: string
  /** Fields of a line of JSON, parsed when first asked for; undefined when it is none. */
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

export interface MonitorAlert {
  /** What kind of alert: `high_error_rate`. Becomes `alertname`. */
  readonly type: string
  /** `critical` notifies at once: the group does not wait. */
  readonly severity: 'info' | 'warning' | 'critical'
  readonly message: string
  readonly labels?: Readonly<Record<string, string>>
}

/** Declares a monitor; only there for its type. */
export function defineMonitor(monitor: Monitor): Monitor {
  return monitor
}

/** An alert as it is reported: by a rule, a log monitor, or another system over the API. */
export interface ReportedAlert {
  /** At least `alertname`, as a rule; empty values count as absent. Two reports with the same labels are of one alert. */
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  /** Milliseconds since the epoch; undefined: `endsAtMs` where it is given, else now. */
  readonly startsAtMs: number | undefined
  /**
   * When it is over, if it is not reported again before; in the past: it is resolved. Undefined: the resolve timeout from
   * now on.
   */
  readonly endsAtMs: number | undefined
  /** Where one sees why: the query in the web app. */
  readonly generatorUrl: string
  /** Its group does not wait for others: the notification goes out now. */
  readonly atOnce?: boolean
}

/** Takes reports of alerts. Resolves when a crash cannot lose them any more. */
export type AlertSink = (alerts: readonly ReportedAlert[]) => Promise<void>

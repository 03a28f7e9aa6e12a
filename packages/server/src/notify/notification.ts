/** One notification to one contact point: alerts of a group. */
export interface Notification {
  /** Name of the contact point. */
  readonly receiver: string
  /** `{}/{severity="critical"}:{host="b"}`; the same for all notifications of the group, so that far ends can join them. */
  readonly groupKey: string
  /** `firing` when at least one alert is. */
  readonly status: 'firing' | 'resolved'
  readonly groupLabels: ReadonlyMap<string, string>
  /** Labels and annotations that all alerts share. */
  readonly commonLabels: ReadonlyMap<string, string>
  readonly commonAnnotations: ReadonlyMap<string, string>
  /** Labels of the route. */
  readonly routeLabels: ReadonlyMap<string, string>
  /** Why it is sent now, as Alertmanager 0.33 tells it. */
  readonly reason: NotificationReason
  /** By Alertmanager's order. At least one. */
  readonly alerts: readonly NotifiedAlert[]
  /** Of this server, without a trailing slash. */
  readonly externalUrl: string
  /** The time of the flush that it comes from. */
  readonly nowMs: number
}

export type NotificationReason =
  | 'first notification'
  | 'new alerts added'
  | 'all alerts resolved'
  | 'some alerts resolved'
  | 'repeat interval elapsed'
  | 'test'

export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly startsAtMs: number
  /** Undefined while it fires. */
  readonly endsAtMs: number | undefined
  readonly generatorUrl: string
  readonly fingerprint: string
}

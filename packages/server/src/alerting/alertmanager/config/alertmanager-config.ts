import type { OpenNotifier } from '../../../notify/notifier.ts'
import type { Matcher } from '../matchers/matcher.ts'
import type { TimeInterval } from '../time-intervals/time-interval.ts'

/** A configuration of Alertmanager that was read and checked: every name that it refers to is there. */
export interface AlertmanagerConfig {
  /** As `GET /api/v2/status` shows it: YAML with all defaults, every secret replaced by `<secret>`. `amtool` reads it. */
  readonly shownYaml: string
  /** Milliseconds after which an alert without an end counts as resolved when nobody reports it again. */
  readonly resolveTimeoutMs: number
  readonly route: RouteNode
  readonly inhibitRules: readonly InhibitRule[]
  readonly contactPoints: readonly ContactPoint[]
  /** `time_intervals` and `mute_time_intervals` by name. */
  readonly timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>
  /** Paths or patterns of template files, absolute. */
  readonly templates: readonly string[]
}

/** A node of the routing tree with what it inherited. */
export interface RouteNode {
  /** Path of matchers from the root, as in group keys: `{}/{severity="critical"}`. */
  readonly key: string
  /** Place in the tree, unique and stable while the file does not change: `{}/{severity="critical"}/0`. */
  readonly id: string
  readonly receiver: string
  /** Names of labels; `all`: every distinct label set is a group (`...`). */
  readonly groupBy: readonly string[] | 'all'
  readonly matchers: readonly Matcher[]
  /** Siblings after this one are looked at too. */
  readonly continues: boolean
  readonly groupWaitMs: number
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
  /** Not inherited. */
  readonly muteTimeIntervals: readonly string[]
  readonly activeTimeIntervals: readonly string[]
  readonly labels: ReadonlyMap<string, string>
  readonly routes: readonly RouteNode[]
}

export interface InhibitRule {
  readonly sourceMatchers: readonly Matcher[]
  readonly targetMatchers: readonly Matcher[]
  readonly equal: readonly string[]
}

/** A receiver of alertmanager.yml, or a contact point that was made in the web app. */
export interface ContactPoint {
  readonly name: string
  readonly origin: 'file' | 'stored'
  readonly integrations: readonly Integration[]
}

export interface Integration {
  /** The notifier's name: `slack`. */
  readonly type: string
  /** Place among those of its type in the contact point, from 0: `slack[0]` in logs and in the notification log. */
  readonly index: number
  /** What must not change without the notification log forgetting what was sent; for `shownYaml` with secrets replaced. */
  readonly notifier: OpenNotifier
}

import { Dictionary, defineFunction, type GoFunction, GoList, GoObject, GoTime, TextList, textsOf } from '@girok/query'
import type { Notification, NotifiedAlert } from '../notification.ts'

/** What templates see of a notification, by Alertmanager's names. */
export class NotificationData extends GoObject {
  readonly typeName = '*template.Data'
  private readonly fields: ReadonlyMap<string, unknown>

  constructor(notification: Notification) {
    super()
    this.fields = new Map<string, unknown>([
      ['Receiver', quotePattern(notification.receiver)],
      ['Status', notification.status],
      ['Alerts', Alerts.from(notification.alerts.map((alert) => new AlertData(alert)))],
      ['NotificationReason', notification.reason],
      ['GroupLabels', new KeyValues(notification.groupLabels)],
      ['CommonLabels', new KeyValues(notification.commonLabels)],
      ['CommonAnnotations', new KeyValues(notification.commonAnnotations)],
      ['ExternalURL', notification.externalUrl],
      ['RouteLabels', new KeyValues(notification.routeLabels)],
    ])
  }

  override field(name: string): { readonly value: unknown } | undefined {
    return this.fields.has(name) ? { value: this.fields.get(name) } : undefined
  }

  override toString(): string {
    return structText(this.fields.values())
  }

  /** As the body of a webhook begins. */
  override json(): Record<string, unknown> {
    const { fields } = this
    return {
      receiver: fields.get('Receiver'),
      status: fields.get('Status'),
      alerts: fields.get('Alerts'),
      notification_reason: fields.get('NotificationReason'),
      groupLabels: fields.get('GroupLabels'),
      commonLabels: fields.get('CommonLabels'),
      commonAnnotations: fields.get('CommonAnnotations'),
      externalURL: fields.get('ExternalURL'),
    }
  }
}

class AlertData extends GoObject {
  readonly typeName = 'template.Alert'
  readonly status: string
  private readonly fields: ReadonlyMap<string, unknown>

  constructor(alert: NotifiedAlert) {
    super()
    this.status = alert.status
    this.fields = new Map<string, unknown>([
      ['Status', alert.status],
      ['Labels', new KeyValues(alert.labels)],
      ['Annotations', new KeyValues(alert.annotations)],
      ['StartsAt', timeOf(alert.startsAtMs)],
      ['EndsAt', alert.endsAtMs === undefined ? GoTime.zero() : timeOf(alert.endsAtMs)],
      ['GeneratorURL', alert.generatorUrl],
      ['Fingerprint', alert.fingerprint],
    ])
  }

  override field(name: string): { readonly value: unknown } | undefined {
    return this.fields.has(name) ? { value: this.fields.get(name) } : undefined
  }

  override toString(): string {
    return structText(this.fields.values())
  }

  override json(): Record<string, unknown> {
    return Object.fromEntries([...this.fields].map(([name, value]) => [JSON_NAMES.get(name) ?? name, value]))
  }
}

const JSON_NAMES: ReadonlyMap<string, string> = new Map([
  ['Status', 'status'],
  ['Labels', 'labels'],
  ['Annotations', 'annotations'],
  ['StartsAt', 'startsAt'],
  ['EndsAt', 'endsAt'],
  ['GeneratorURL', 'generatorURL'],
  ['Fingerprint', 'fingerprint'],
])

/** Alerts with `.Firing` and `.Resolved`. */
class Alerts extends GoList {
  override typeName = 'template.Alerts'

  override method(name: string): GoFunction | undefined {
    if (name === 'Firing') return defineFunction([], () => this.ofStatus('firing'))
    return name === 'Resolved' ? defineFunction([], () => this.ofStatus('resolved')) : undefined
  }

  private ofStatus(status: string): unknown[] {
    return this.filter((alert) => (alert as AlertData).status === status)
  }
}

/** Labels or annotations. */
class KeyValues extends Dictionary {
  override readonly typeName = 'template.KV'
  private readonly entries: ReadonlyMap<string, string>

  constructor(entries: ReadonlyMap<string, string>) {
    super()
    this.entries = entries
  }

  override get(key: string): string | undefined {
    return this.entries.get(key)
  }

  override keys(): Iterable<string> {
    return this.entries.keys()
  }

  override text(): string {
    return this.sorted().text()
  }

  override method(name: string): GoFunction | undefined {
    switch (name) {
      case 'SortedPairs':
        return defineFunction([], () => this.sorted())
      case 'Names':
      case 'Values':
      case 'String':
        return this.sorted().method(name)
      case 'Remove':
        return defineFunction(['any'], ([names]) => this.without(textsOf(names)))
      default:
        return undefined
    }
  }

  /** The name of the alert first, then by name. */
  private sorted(): Pairs {
    const names = [...this.entries.keys()].sort(byName)
    return Pairs.from(names.map((name) => new Pair(name, this.entries.get(name) as string))) as Pairs
  }

  private without(names: readonly string[]): KeyValues {
    return new KeyValues(new Map([...this.entries].filter(([name]) => !names.includes(name))))
  }
}

class Pair extends GoObject {
  readonly typeName = 'template.Pair'
  readonly name: string
  readonly value: string

  constructor(name: string, value: string) {
    super()
    this.name = name
    this.value = value
  }

  override field(name: string): { readonly value: unknown } | undefined {
    if (name === 'Name') return { value: this.name }
    return name === 'Value' ? { value: this.value } : undefined
  }

  override toString(): string {
    return structText([this.name, this.value])
  }

  override json(): Record<string, unknown> {
    return { Name: this.name, Value: this.value }
  }
}

class Pairs extends GoList {
  override typeName = 'template.Pairs'

  override text(): string {
    return this.pairs()
      .map(({ name, value }) => `${name}=${value}`)
      .join(', ')
  }

  override method(name: string): GoFunction | undefined {
    switch (name) {
      case 'Names':
        return defineFunction([], () => TextList.from(this.pairs().map((pair) => pair.name)))
      case 'Values':
        return defineFunction([], () => TextList.from(this.pairs().map((pair) => pair.value)))
      case 'String':
        return defineFunction([], () => this.text())
      default:
        return undefined
    }
  }

  private pairs(): readonly Pair[] {
    return [...this] as readonly Pair[]
  }
}

function byName(a: string, b: string): number {
  if (a === 'alertname' || b === 'alertname') return a === b ? 0 : a === 'alertname' ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Alertmanager hands names of receivers out as patterns that fit them alone, in bodies of webhooks too. */
function quotePattern(name: string): string {
  return name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

function timeOf(ms: number): GoTime {
  return GoTime.ofUnixNano(BigInt(ms) * 1_000_000n)
}

function structText(values: Iterable<unknown>): string {
  const shown = [...values].map((value) => {
    if (value instanceof Dictionary) return value.text()
    return value instanceof GoList ? `[${value.join(' ')}]` : String(value)
  })
  return `{${shown.join(' ')}}`
}

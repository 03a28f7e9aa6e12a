const MS_PER_HOUR = 3_600_000

/** The series of a tenant that had samples in this hour of the clock, and in the one before. */
interface Active {
  hour: number
  current: Set<string>
  before: Set<string>
}

/** Counts the series that are written to, per tenant. A series counts until nothing has come for an hour or two. */
export class ActiveSeries {
  readonly #max: number
  readonly #tenants = new Map<string, Active>()

  /** @param max most series of a tenant; 0: no limit */
  constructor(max: number) {
    this.#max = max
  }

  static hourOf(nowMs: number): number {
    return Math.floor(nowMs / MS_PER_HOUR)
  }

  /** Counts a series as active in this hour; false when it would be one too many. */
  admit(tenant: string, id: string, hour: number): boolean {
    if (this.#max === 0) return true
    const active = this.#of(tenant, hour)
    if (active.current.has(id)) return true
    if (!active.before.delete(id) && active.current.size + active.before.size >= this.#max) return false
    active.current.add(id)
    return true
  }

  #of(tenant: string, hour: number): Active {
    let active = this.#tenants.get(tenant)
    if (active === undefined) {
      for (const [other, { hour: last }] of this.#tenants) if (last < hour - 1) this.#tenants.delete(other)
      active = { hour, current: new Set(), before: new Set() }
      this.#tenants.set(tenant, active)
    }
    if (hour > active.hour) {
      active.before = hour === active.hour + 1 ? active.current : new Set()
      active.current = new Set()
      active.hour = hour
    }
    return active
  }
}

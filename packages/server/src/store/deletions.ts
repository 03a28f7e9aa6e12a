import { randomBytes } from 'node:crypto'
import type { RecordBatch } from '../model/batch.ts'
import type { Driver } from './driver.ts'
import { sqlString } from './literal.ts'
import { textCell } from './tab-cell.ts'

/** Delete requests, one row per change of state; the newest counts. */
const TABLE = 'girok_deletes'
const COLUMNS = ['tenant', 'id', 'query', 'start', 'end', 'created', 'state', 'version'] as const
const TIMEOUT_MS = 30_000
/** How long a request that has nothing left to do stays in the list. */
const KEPT_MS = 30 * 86_400_000

/**
 * `received`: hides, removes nothing yet, can be cancelled. `removing`: hides until its rows are gone. `processed`: rows
 * are gone; lines of its time that came in since are hidden and removed again. `settled`: no such line can come in any more.
 */
export type DeleteState = 'received' | 'removing' | 'processed' | 'settled'

/** Someone asked that the lines of a log query be deleted. */
export interface DeleteRequest {
  readonly tenant: string
  /** Eight hexadecimal digits, unique within the tenant. */
  readonly id: string
  /** A LogQL log query. */
  readonly query: string
  /** Both inclusive. */
  readonly startNs: bigint
  readonly endNs: bigint
  readonly createdMs: number
  readonly state: DeleteState
}

/**
 * The delete requests of all tenants: durable in a table of their own, and in memory for those who read. A change is in
 * the table before it is seen.
 */
export class Deletions {
  readonly #driver: Driver
  readonly #entries = new Map<string, Entry>()
  readonly #generations = new Map<string, number>()
  #version = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(driver: Driver) {
    this.#driver = driver
  }

  static async load(driver: Driver, nowMs: number): Promise<Deletions> {
    await driver.command(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (tenant String, id String, query String, start Int64, end Int64, ` +
        'created Int64, state String, version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY (tenant, id) ' +
        'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000',
    )
    const deletions = new Deletions(driver)
    const sql = `SELECT ${COLUMNS.join(', ')} FROM ${TABLE} FINAL ORDER BY created, id`
    const answer = await driver.query(sql, 'JSONCompactEachRow', { lane: 'interactive', timeoutMs: TIMEOUT_MS })
    for (const line of answer.toString().split('\n')) {
      if (line !== '') deletions.#loadRow(JSON.parse(line) as string[], nowMs)
    }
    return deletions
  }

  #loadRow(row: readonly string[], nowMs: number): void {
    const [tenant = '', id = '', query = '', start = '0', end = '0', created = '0', state = '', version = '0'] = row
    this.#version = Math.max(this.#version, Number(version))
    this.#generations.set(tenant, this.#version)
    const createdMs = Number(created)
    if (state === CANCELLED || (state === 'settled' && nowMs - createdMs > KEPT_MS)) return
    const request = { tenant, id, query, startNs: BigInt(start), endNs: BigInt(end), createdMs }
    // Whether late lines came in before the stop is not known: they may have.
    this.#put({
      request: { ...request, state: state as DeleteState },
      late: state !== 'settled',
      underway: 0,
      sweeping: false,
      percent: 0,
    })
  }

  /** Requests of a tenant, oldest first. */
  list(tenant: string): DeleteRequest[] {
    return [...this.#entries.values()].map(({ request }) => request).filter((request) => request.tenant === tenant)
  }

  get(tenant: string, id: string): DeleteRequest | undefined {
    return this.#entries.get(keyOf(tenant, id))?.request
  }

  /** Requests of all tenants that are not settled. */
  unsettled(): DeleteRequest[] {
    return [...this.#entries.values()].map(({ request }) => request).filter(({ state }) => state !== 'settled')
  }

  /** Requests that may hide rows of [fromNs, toNs): all but those whose rows are gone. */
  hiding(tenant: string, fromNs: bigint, toNs: bigint): DeleteRequest[] {
    if (this.#entries.size === 0) return []
    const found: DeleteRequest[] = []
    for (const { request, late, sweeping } of this.#entries.values()) {
      if (request.tenant !== tenant || request.startNs >= toNs || request.endNs < fromNs) continue
      if (request.state === 'settled' || (request.state === 'processed' && !late && !sweeping)) continue
      found.push(request)
    }
    return found
  }

  /** Resolves when the request is on the disk, and from then on hides lines. */
  async add(
    request: Pick<DeleteRequest, 'tenant' | 'query' | 'startNs' | 'endNs' | 'createdMs'>,
  ): Promise<DeleteRequest> {
    let id: string
    do id = randomBytes(4).toString('hex')
    while (this.#entries.has(keyOf(request.tenant, id)))
    const added: DeleteRequest = { ...request, id, state: 'received' }
    await this.#save(added, added.state)
    this.#put({ request: added, late: true, underway: 0, sweeping: false, percent: 0 })
    return added
  }

  /** Resolves to false when the request has been cancelled meanwhile. */
  setState({ tenant, id }: DeleteRequest, state: DeleteState): Promise<boolean> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(keyOf(tenant, id))
      if (!entry) return false
      const changed = { ...entry.request, state }
      await this.#save(changed, state)
      entry.request = changed
      return true
    })
  }

  /** Forgets a request that has removed nothing yet: what it hides comes back. Resolves to false when it has begun. */
  cancel({ tenant, id }: DeleteRequest): Promise<boolean> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(keyOf(tenant, id))
      if (entry?.request.state !== 'received') return false
      await this.#save(entry.request, CANCELLED)
      this.#entries.delete(keyOf(tenant, id))
      return true
    })
  }

  /** One change after the other, so that none is made of what another has changed. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#last.then(change)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Rises with every change of the tenant's requests. */
  generation(tenant: string): number {
    return this.#generations.get(tenant) ?? 0
  }

  /** How far the removal of a request has come, 0 to 100. */
  percent({ tenant, id }: DeleteRequest): number {
    return this.#entries.get(keyOf(tenant, id))?.percent ?? 0
  }

  setPercent({ tenant, id }: DeleteRequest, percent: number): void {
    const entry = this.#entries.get(keyOf(tenant, id))
    if (entry) entry.percent = percent
  }

  /** To be called before a batch is stored; what it returns, after it. */
  noteWrite(batch: RecordBatch): () => void {
    const touched: Entry[] = []
    for (const entry of this.#entries.values()) {
      const { tenant, state, startNs, endNs } = entry.request
      if (tenant !== batch.tenant || state === 'settled' || !hasRecordsWithin(batch, startNs, endNs)) continue
      entry.late = true
      entry.underway++
      touched.push(entry)
    }
    if (touched.length === 0) return NOTHING
    return () => {
      for (const entry of touched) entry.underway--
    }
  }

  /** To be called right before the rows of a request are removed: only what is noted from now on is late. */
  startRemoval({ tenant, id }: DeleteRequest): void {
    const entry = this.#entries.get(keyOf(tenant, id))
    if (!entry) return
    entry.sweeping = true
    entry.late = entry.underway > 0
  }

  /** To be called when the rows that were there at `startRemoval` are gone. */
  endRemoval({ tenant, id }: DeleteRequest): void {
    const entry = this.#entries.get(keyOf(tenant, id))
    if (entry) entry.sweeping = false
  }

  isLate({ tenant, id }: DeleteRequest): boolean {
    return this.#entries.get(keyOf(tenant, id))?.late === true
  }

  #put(entry: Entry): void {
    this.#entries.set(keyOf(entry.request.tenant, entry.request.id), entry)
  }

  async #save(request: DeleteRequest, state: string): Promise<void> {
    const { tenant, id, query, startNs, endNs, createdMs } = request
    const version = ++this.#version
    this.#generations.set(tenant, version)
    const values = [tenant, id, query, startNs, endNs, createdMs, state, version]
    const row = Buffer.from(`${values.map((value) => textCell(String(value))).join('\t')}\n`)
    await this.#driver.insert(TABLE, COLUMNS, row, { token: `${id}-${version}-${randomBytes(4).toString('hex')}` })
  }
}

const CANCELLED = 'cancelled'
const NOTHING = (): void => {}

interface Entry {
  request: DeleteRequest
  /** Lines of its time may have come in since its rows were last removed. */
  late: boolean
  /** Writes of such lines that have begun and not ended. */
  underway: number
  /** Its rows are being removed, and must stay hidden meanwhile. */
  sweeping: boolean
  percent: number
}

function keyOf(tenant: string, id: string): string {
  return `${sqlString(tenant)} ${id}`
}

function hasRecordsWithin({ count, seconds }: RecordBatch, startNs: bigint, endNs: bigint): boolean {
  const first = Math.floor(Number(startNs / 1_000_000n) / 1000)
  const last = Math.ceil(Number(endNs / 1_000_000n) / 1000)
  for (let i = 0; i < count; i++) {
    const second = seconds[i] as number
    if (second >= first && second <= last) return true
  }
  return false
}

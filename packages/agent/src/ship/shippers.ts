import type { InputContext } from '../model/input.ts'
import type { Spool } from '../model/spool.ts'
import type { DestinationKind } from './destination.ts'
import { PACE, type Pace } from './retry.ts'
import { Shipper } from './shipper.ts'
import type { DestinationStatus } from './status.ts'

export interface ShippersOptions {
  /** Options as the kind's schema gives them. */
  readonly destinations: readonly {
    readonly name: string
    readonly kind: DestinationKind
    readonly options: unknown
  }[]
  readonly spool: Pick<Spool, 'reader'>
  readonly log: InputContext['log']
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** How attempts follow one another; tests make haste. */
  readonly pace?: Pace
}

export interface Shippers {
  start(): void
  /** Lets running requests end, for a few seconds at most. What is not delivered stays in the spool. */
  stop(): Promise<void>
  status(): readonly DestinationStatus[]
  /** Whether any destination wants to know how the agent is. */
  readonly wantsReports: boolean
  /**
   * Tells the destinations that want to know how the agent is (JSON). Never rejects: one that cannot be reached is told by
   * its shipping.
   */
  report(status: Buffer): Promise<void>
}

/** Opens destinations and sends them what is in the spool. Throws ConfigProblem as their options deserve. */
export function createShippers({ destinations, spool, log, now, pace = PACE }: ShippersOptions): Shippers {
  const shippers = destinations.map(({ name, kind, options }) => {
    const destination = kind.open(options, { now, log })
    if (!kind.takes.includes('samples')) log('info', `${name} (${kind.name}) takes no samples: they are not sent there`)
    if (!kind.takes.includes('logs')) log('info', `${name} (${kind.name}) takes no lines: they are not sent there`)
    return new Shipper({ name, kind, destination, reader: spool.reader(name), pace, now, log })
  })
  return {
    start() {
      for (const shipper of shippers) shipper.start()
    },
    async stop() {
      await Promise.all(shippers.map((shipper) => shipper.stop()))
    },
    status: () => shippers.map((shipper) => shipper.status()),
    wantsReports: shippers.some((shipper) => shipper.wantsReports),
    async report(status) {
      await Promise.all(shippers.map((shipper) => shipper.report(status)))
    },
  }
}

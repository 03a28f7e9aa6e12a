import {
  type CompiledStages,
  NO_METADATA,
  type ProcessEntry,
  type StageRun,
  type StageServices,
} from '@girok/query/process'
import type { LineSink } from '../model/sink.ts'
import type { Labels, Place, Source, SourceLine } from '../model/source.ts'
import type { Assembler } from './assembler.ts'
import type { Room } from './room.ts'

export interface LineIntakeOptions {
  readonly assembler: Assembler
  readonly room: Room
  readonly stages: CompiledStages
  readonly services: StageServices
  /** Labels of the whole agent and of the input; those of a source and of a line come before them. */
  readonly labels: Labels
  /** Nanoseconds for lines without a time. */
  readonly clock: () => bigint
}

/** An entry that knows where its line begins, so that what waits in the stages can be read again. */
interface PlacedEntry extends ProcessEntry {
  readonly place: Place | undefined
}

/** What is known of a source while the agent runs. */
interface Flow {
  source: Source
  labels: Labels
  /** Labels of lines joined with those of the source; undefined as long as no line had any. */
  lineLabels: Map<Labels, Labels> | undefined
  readonly run: StageRun
  readonly out: (entry: ProcessEntry) => void
  /** Where the line begins that is in the stages. */
  current: Place | undefined
  /** Behind the last line. */
  after: Place | undefined
  /** Tenant of the lines since the last cut, and the number of that cut. */
  tenant: string | undefined
  tenantCut: number
}

const FLUSH_EVERY_MS = 500

/** Runs the lines of one input through its processors and adds what comes out to records. */
export class LineIntake implements LineSink {
  readonly #options: LineIntakeOptions
  readonly #flows = new Map<string, Flow>()
  #timer: NodeJS.Timeout | undefined
  #pausedUntilMs = 0

  constructor(options: LineIntakeOptions) {
    this.#options = options
  }

  write(source: Source, lines: readonly SourceLine[], after: Place | undefined): void {
    const flow = this.#flow(source)
    const { assembler, clock, stages } = this.#options
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!
      flow.current = line.place
      const entry: PlacedEntry = {
        timeNs: line.timeNs ?? clock(),
        line: line.text,
        labels: line.labels === undefined ? flow.labels : withLine(flow, line.labels),
        metadata: line.metadata ?? NO_METADATA,
        extracted: undefined,
        tenant: undefined,
        place: line.place,
      }
      flow.run.push(entry, flow.out)
      if (assembler.full) {
        flow.after = i + 1 < lines.length ? lines[i + 1]!.place : after
        this.#cut(flow)
      }
    }
    flow.after = after
    this.#position(flow)
    if (stages.pauses) this.#pausedUntilMs = Math.max(this.#pausedUntilMs, flow.run.pauseUntilMs())
    if (stages.needsFlush && flow.run.held() !== undefined) this.#wake()
  }

  end(source: Source): void {
    const flow = this.#flows.get(source.key)
    if (flow !== undefined) {
      flow.run.flush(Date.now(), true, flow.out)
      this.#flows.delete(source.key)
    }
    const { key, identity } = source
    if (identity !== undefined) this.#options.assembler.position({ key, identity, place: null }, flow?.tenant)
  }

  room(urgent: boolean): Promise<void> | undefined {
    const pauseMs = this.#pausedUntilMs - Date.now()
    if (pauseMs <= 0) return this.#options.room.wait(urgent)
    return new Promise<void>((go) => setTimeout(go, pauseMs)).then(() => this.#options.room.wait(urgent))
  }

  /**
   * Nothing more comes for now. What processors hold back is given out if it cannot be read again; the rest of a block may
   * still be written to a file, so its beginning is left to the next start.
   */
  close(): void {
    clearTimeout(this.#timer)
    for (const flow of this.#flows.values()) if (flow.source.identity === undefined) this.#flush(flow, true)
  }

  #flow(source: Source): Flow {
    const known = this.#flows.get(source.key)
    if (known === undefined) return this.#open(source)
    // The same source under another path, which may stand in its labels.
    if (known.source !== source) {
      known.source = source
      known.labels = this.#labelsOf(source)
      known.lineLabels = undefined
    }
    return known
  }

  #open(source: Source): Flow {
    const flow: Flow = {
      source,
      labels: this.#labelsOf(source),
      lineLabels: undefined,
      run: this.#options.stages.open(this.#options.services),
      out: (entry) => this.#emit(flow, entry),
      current: undefined,
      after: undefined,
      tenant: undefined,
      tenantCut: -1,
    }
    this.#flows.set(source.key, flow)
    return flow
  }

  #labelsOf({ labels }: Source): Labels {
    const own = this.#options.labels
    // Where the source has them all its own map serves: there may be thousands of sources.
    for (const name of own.keys()) if (!labels.has(name)) return new Map([...own, ...labels])
    return labels
  }

  #emit(flow: Flow, entry: ProcessEntry): void {
    const { assembler } = this.#options
    // A record has one tenant and takes the positions of its lines along: lines of one source for two tenants go into the
    // spool in turn.
    if (flow.tenantCut === assembler.cuts && flow.tenant !== entry.tenant) {
      const place = (entry as PlacedEntry).place ?? flow.current
      if (place !== undefined && flow.source.identity !== undefined) this.#stand(flow, place)
      assembler.cut()
    }
    flow.tenant = entry.tenant
    flow.tenantCut = assembler.cuts
    assembler.add(entry)
  }

  #cut(flow: Flow): void {
    this.#position(flow)
    this.#options.assembler.cut()
  }

  #position(flow: Flow): void {
    const held = flow.run.held() as PlacedEntry | undefined
    const place = held?.place ?? flow.after
    if (place !== undefined && flow.source.identity !== undefined) this.#stand(flow, place)
  }

  #stand({ source: { key, identity }, tenant }: Flow, place: Place): void {
    this.#options.assembler.position({ key, identity, place }, tenant)
  }

  #flush(flow: Flow, all: boolean): void {
    flow.run.flush(Date.now(), all, flow.out)
    this.#position(flow)
  }

  #wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      for (const flow of this.#flows.values()) {
        if (flow.run.held() === undefined) continue
        this.#flush(flow, false)
        if (flow.run.held() !== undefined) this.#wake()
      }
    }, FLUSH_EVERY_MS)
  }
}

function withLine(flow: Flow, labels: Labels): Labels {
  flow.lineLabels ??= new Map()
  let joined = flow.lineLabels.get(labels)
  if (joined === undefined) {
    joined = new Map([...flow.labels, ...labels])
    flow.lineLabels.set(labels, joined)
  }
  return joined
}

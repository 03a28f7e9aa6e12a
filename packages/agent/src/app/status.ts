import type { SourceStatus } from '../model/input.ts'
import type { SpoolUsage } from '../model/spool.ts'
import type { DestinationStatus } from '../ship/status.ts'

/** Lines that a stage took out of an input, or could not do its work on, by the reason. */
export interface StageCount {
  readonly input: string
  readonly stage: string
  readonly reason: string
  readonly count: number
}

/** What `girok-agent status` shows and `GET /status` answers. */
export interface AgentStatus {
  readonly version: string
  readonly pid: number
  readonly startedMs: number
  readonly configuration: {
    readonly file: string
    readonly loadedMs: number
    /** Why the file as it is now is not in force. */
    readonly error?: string
  }
  readonly inputs: readonly {
    readonly name: string
    readonly type: string
    readonly sources: readonly SourceStatus[]
  }[]
  readonly dropped: readonly StageCount[]
  /** Lines that went on though a stage could not do its work on them. */
  readonly faults: readonly StageCount[]
  readonly spool: SpoolUsage
  readonly destinations: readonly DestinationStatus[]
  readonly memoryBytes: number
  readonly cpuSeconds: number
}

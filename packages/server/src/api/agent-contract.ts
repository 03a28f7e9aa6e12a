/**
 * What an agent tells of itself: POST /girok/v1/agents, of at most 1 MiB, answers 204. Times are milliseconds since the
 * epoch by the agent's clock. Counts are since the agent's start. At most 2,000 sources over all inputs; texts are cut at
 * 4,096 characters, faults at 1,000.
 */
export interface AgentReport {
  /** The same through restarts of the agent: 1 to 128 letters, digits and `._:-`. A report takes the place of the last. */
  readonly id: string
  /** Name of the host. */
  readonly name: string
  readonly version: string
  readonly startedMs: number
  /** The agent's clock when it reports; where it is given, a clock that is wrong does not make lines look old. */
  readonly atMs?: number
  /** Time between two reports: 1 s to a day. */
  readonly intervalMs: number
  readonly configuration: {
    readonly file: string
    readonly loadedMs: number
    /** Why the file as it is now is not in force. */
    readonly error?: string
  }
  readonly inputs: readonly AgentInput[]
  /** Lines that processors took out. */
  readonly dropped: readonly {
    readonly input: string
    readonly stage: string
    readonly reason: string
    readonly count: number
  }[]
  readonly spool: {
    readonly bytes: number
    readonly maxBytes: number
    /** Not yet delivered to every destination. */
    readonly waitingBytes: number
    /** Lines and samples that were given up before they were delivered, by why. */
    readonly evicted: { readonly full: number; readonly age: number }
    readonly corrupt: { readonly records: number; readonly count: number }
    /** Why nothing can be written now. */
    readonly error?: string
  }
  readonly destinations: readonly {
    readonly name: string
    /** Credentials in it are taken out. */
    readonly url: string
    /** Lines and samples. */
    readonly sent: number
    readonly rejected: number
    readonly backlogBytes: number
    readonly backlogRecords: number
    readonly lastOkMs?: number
    readonly lastError?: string
  }[]
  readonly memoryBytes: number
  readonly cpuSeconds: number
}

export interface AgentInput {
  readonly name: string
  /** `file`, `journald`, `prometheus` … */
  readonly type: string
  readonly sources: readonly AgentSource[]
  /** Sources that the report leaves out. */
  readonly more: number
}

export interface AgentSource {
  /** A path, the URL of a target, `journal`. */
  readonly name: string
  /** `active`: something came in the last minute; `idle`: before that; `waiting`: configured, never seen; `failing`: see `error`. */
  readonly state: 'active' | 'idle' | 'waiting' | 'failing'
  /** Of the last line or sample. */
  readonly lastMs?: number
  /** Lines or samples. */
  readonly count: number
  /** Bytes that stand in the source and are not read yet. */
  readonly lagBytes?: number
  readonly error?: string
  /** The program that writes the source, as far as it is known. */
  readonly writer?: string
}

/** An agent as it last told of itself. */
export interface ListedAgent extends AgentReport {
  /** By the server's clock. */
  readonly lastSeenMs: number
  /** `silent`: nothing came for three intervals. */
  readonly state: 'connected' | 'silent'
}

/**
 * GET /girok/v1/agents: the agents of the tenant, by name, those too that went silent, over restarts of the server. DELETE
 * /girok/v1/agents/ID forgets a silent one; 409 while it is connected.
 */
export interface AgentsResponse {
  readonly agents: readonly ListedAgent[]
  /** The server's clock. */
  readonly nowMs: number
  /** True when writes need a token. */
  readonly tokensRequired: boolean
}

import type { TestOutcome } from '../alertmanager/alertmanager.ts'

/**
 * Where the Alertmanager inside has its configuration from: an alertmanager.yml that `alerting.configFile` names, or else
 * what people keep in the store; and contact points that they made by forms, which either may name in its routes. What a
 * change resolved with is on the disk and in force.
 */
export interface AlertingConfiguration {
  current(): ConfigurationState
  /**
   * Keeps another configuration in the store. `<secret>` stands for the secret that stood there. Rejects with `forbidden`
   * where a file is configured, with `bad_request` that names every fault and its place, with `conflict`.
   */
  replace(yaml: string, version: number): Promise<void>
  contactPoints(): readonly ContactPointState[]
  /** Rejects with `bad_request`, with `conflict` when the name is taken. */
  createContactPoint(name: string, integrations: readonly GivenIntegration[]): Promise<void>
  /** Rejects with `bad_request`, `not_found`, `conflict`, and with `forbidden` for one of the file. */
  replaceContactPoint(name: string, integrations: readonly GivenIntegration[], version: number): Promise<void>
  /** Rejects with `conflict` while a route names it, too. */
  removeContactPoint(name: string, version: number): Promise<void>
  /**
   * Sends a made-up alert, by a contact point as it is kept, or by one that is not kept yet; then `name` says whose
   * secrets `<secret>` stands for.
   */
  test(request: ContactPointTest): Promise<readonly TestOutcome[]>
  /** Reads the file again. Rejects with `bad_request`; then what was in force stays. */
  reload(): Promise<void>
}

export interface ConfigurationState {
  readonly origin: 'file' | 'stored' | 'default'
  readonly file: string | undefined
  /** What is wrong with the file as it is now; what was in force before still is. */
  readonly fault: string | undefined
  /** 0: none is kept in the store. */
  readonly version: number
  /** Secrets as `<secret>`; of a stored one as it was written, of a file with all defaults. */
  readonly yaml: string
}

export interface ContactPointState {
  readonly name: string
  readonly origin: 'file' | 'stored'
  /** 0 for those of the file. */
  readonly version: number
  /** Secrets as `<secret>`. */
  readonly integrations: readonly GivenIntegration[]
  readonly usedByRoutes: boolean
}

/** Settings with the keys of alertmanager.yml. */
export interface GivenIntegration {
  readonly type: string
  readonly settings: Readonly<Record<string, unknown>>
}

export interface ContactPointTest {
  readonly name: string | undefined
  /** Undefined: as it is kept. */
  readonly integrations: readonly GivenIntegration[] | undefined
  readonly labels: ReadonlyMap<string, string> | undefined
}

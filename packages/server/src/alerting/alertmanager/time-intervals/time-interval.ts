/** A recurring span of time of alertmanager.yml. All parts that are given must hold; within one part any range. */
export interface TimeInterval {
  /** Whether a moment, in milliseconds since the epoch, lies in it. */
  readonly contains: (timeMs: number) => boolean
}

import type { Fields } from '../fields.ts'
import { createHierarchy, type Hierarchy } from '../hierarchy.ts'
import { type Capture, captureLogs } from './capture.ts'
import { type FixedClock, fixedClock } from './clock.ts'

export interface TestHierarchyOptions {
  /** Default: a fixed clock of its own. */
  readonly clock?: FixedClock
  /** Of the root. Default: everything. */
  readonly level?: number | string
  /** Fields of all records. */
  readonly defaults?: Fields
}

export interface TestHierarchy extends Hierarchy {
  readonly clock: FixedClock
  /** What is logged below the root. */
  readonly logs: Capture
  /** What the library complained about: handlers, filters and processors that threw. */
  readonly complaints: readonly string[]
}

/** A hierarchy of its own for one test: it captures everything, its clock stands still, and nothing reaches the console. */
export function createTestHierarchy(options: TestHierarchyOptions = {}): TestHierarchy {
  const { clock = fixedClock(), level = 0, defaults } = options
  const complaints: string[] = []
  const hierarchy = createHierarchy({
    now: clock.now,
    complain: (text) => void complaints.push(text),
    ...(defaults === undefined ? {} : { defaults }),
  })
  // With passOn handlers that a test adds are given the records too, as they are without a capture.
  const logs = captureLogs({ hierarchy, level, passOn: true })
  return {
    ...hierarchy,
    get dropped() {
      return hierarchy.dropped
    },
    clock,
    logs,
    complaints,
  }
}

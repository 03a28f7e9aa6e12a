import type { StageKind } from '../stage.ts'
import { output } from './output.ts'

/** Every stage. */
export const STAGES: readonly StageKind[] = [output]

/** Stages of Promtail that there are not here, and why. */
export const REFUSED_STAGES: ReadonlyMap<string, string> = new Map([
  ['pack', 'lines are not packed: use metadata to keep values beside the line'],
  ['geoip', 'places of addresses are not looked up: leave the stage out'],
  ['eventlogmessage', 'the Windows event log is not read: leave the stage out'],
])

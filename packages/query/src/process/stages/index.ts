import type { StageKind } from '../stage.ts'
import { cri } from './cri.ts'
import { decolorize } from './decolorize.ts'
import { docker } from './docker.ts'
import { drop } from './drop.ts'
import { json } from './json.ts'
import { keep } from './keep.ts'
import { labelDrop } from './label-drop.ts'
import { labelKeep } from './label-keep.ts'
import { labels } from './labels.ts'
import { logfmt } from './logfmt.ts'
import { mask } from './mask.ts'
import { match } from './match.ts'
import { metadata } from './metadata.ts'
import { metrics } from './metrics.ts'
import { multiline } from './multiline.ts'
import { output } from './output.ts'
import { pattern } from './pattern.ts'
import { rateLimit } from './rate-limit.ts'
import { regex } from './regex.ts'
import { replace } from './replace.ts'
import { sample } from './sample.ts'
import { staticLabels } from './static-labels.ts'
import { template } from './template.ts'
import { tenant } from './tenant.ts'
import { timestamp } from './timestamp.ts'

/** Every stage: what reads lines, what changes entries, what takes them out, what joins and counts them. */
export const STAGES: readonly StageKind[] = [
  ...[json, logfmt, regex, pattern, docker, cri],
  ...[
    timestamp,
    output,
    template,
    replace,
    mask,
    decolorize,
    labels,
    staticLabels,
    labelDrop,
    labelKeep,
    metadata,
    tenant,
  ],
  ...[match, drop, keep, sample, rateLimit],
  ...[multiline, metrics],
]

/** Stages of Promtail that there are not here, and why. */
export const REFUSED_STAGES: ReadonlyMap<string, string> = new Map([
  ['pack', 'lines are not packed: use metadata to keep values beside the line'],
  ['geoip', 'places of addresses are not looked up: leave the stage out'],
  ['eventlogmessage', 'the Windows event log is not read: leave the stage out'],
])

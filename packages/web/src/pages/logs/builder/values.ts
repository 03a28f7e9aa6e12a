import { type LabelFilter, parseLogQL, printStage } from '@girok/query'

const nowhere = { start: 0, end: 0 }
const durationHead = '| x == '

/** `5m`, `1h30m`, `-30s` */
export function durationText(ns: bigint): string {
  const filter: LabelFilter = { kind: 'duration', name: 'x', op: '==', valueNs: ns, at: nowhere }
  return printStage({ kind: 'labelFilter', filter, at: nowhere }).slice(durationHead.length)
}

/** Reads a duration as LogQL has it; undefined for anything else. */
export function readDuration(text: string): bigint | undefined {
  const filter = readComparison(`x == ${text}`)
  return filter?.kind === 'duration' ? filter.valueNs : undefined
}

/** Reads `name op value` of a comparison of numbers, durations or sizes; undefined for anything else. */
export function readComparison(text: string): LabelFilter | undefined {
  // One comparison and nothing behind it: a typed value must not become another stage.
  if (/["'`|(){}[\]#,]|\b(and|or)\b/i.test(text)) return undefined
  try {
    const expr = parseLogQL(`{a="b"} | ${text}`)
    if (expr.kind !== 'log' || expr.stages.length !== 1) return undefined
    const [stage] = expr.stages
    if (stage?.kind !== 'labelFilter') return undefined
    const { kind } = stage.filter
    return kind === 'number' || kind === 'duration' || kind === 'bytes' ? stage.filter : undefined
  } catch {
    // Not a comparison (yet): the row says so.
    return undefined
  }
}

/** True for what can stand where LogQL wants the name of a label. */
export function isLabelName(name: string): boolean {
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return false
  try {
    parseLogQL(`{a="b"} | ${name}="x"`)
    parseLogQL(`{${name}="x"}`)
    return true
  } catch {
    // A word of the language.
    return false
  }
}

/** Reads a finite number; undefined for anything else. */
export function readNumber(text: string): number | undefined {
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined
}

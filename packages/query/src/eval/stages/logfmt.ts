import { LogfmtReader } from '../logfmt/reader.ts'
import { PARSED } from '../pipeline/line-state.ts'
import { sanitizeLabelName } from '../pipeline/needed.ts'
import { failParse, LOGFMT_ERROR } from './parser-error.ts'
import { hasAllNeeded, type StageCompiler } from './stage.ts'

const MAX_KEYS = 2000

/** `logfmt`: every pair becomes a label; `logfmt a="b"`: only the named keys, under new names. */
export const compileLogfmt: StageCompiler<'logfmt'> = (stage, context) =>
  stage.extractions.length === 0 ? compilePlain(stage, context) : compileNamed(stage, context)

const compilePlain: StageCompiler<'logfmt'> = ({ strict, keepEmpty }, context) => {
  const reader = new LogfmtReader()
  const labelOf = labelNames(context.needed)
  return (state) => {
    if (hasAllNeeded(state, context)) return true
    reader.start(state.line)
    while (reader.next()) {
      if (reader.fault !== '') {
        if (!strict) continue
        failParse(state, context, LOGFMT_ERROR, reader.fault)
        break
      }
      const name = labelOf(reader.key)
      if (name === '' || (reader.value === '' && !keepEmpty)) continue
      state.extract(name, reader.value.includes('\ufffd') ? reader.value.replaceAll('\ufffd', ' ') : reader.value)
      if (hasAllNeeded(state, context)) break
    }
    return true
  }
}

/**
 * The labels are there in any case, empty where the line lacks the key. The last of several equal keys wins (under a name
 * with suffix the first, which ends the reading), and a key called as one of the labels counts for that label as well.
 */
const compileNamed: StageCompiler<'logfmt'> = (stage, context) => {
  const { strict } = stage
  const reader = new LogfmtReader()
  const names = new Map(stage.extractions.map(({ name, expression }) => [name, keyOf(expression)]))
  const targets = new Map<string, string[]>()
  for (const [name, key] of names) targets.set(key, [...(targets.get(key) ?? []), name])
  for (const name of names.keys()) if (!targets.has(name)) targets.set(name, [name])
  const clean = labelNames(undefined)
  return (state) => {
    if (hasAllNeeded(state, context)) return true
    for (const name of names.keys()) if (state.parsedName(name) === name) state.set(PARSED, name, '')
    reader.start(state.line)
    while (reader.next()) {
      if (reader.fault !== '') {
        if (!strict) continue
        failParse(state, context, LOGFMT_ERROR, reader.fault)
        break
      }
      const key = clean(reader.key)
      // What an earlier parser has made a label of is not looked at again under its own name.
      if (!names.has(key) && state.hasParsed([key])) continue
      for (const name of targets.get(key) ?? []) {
        const final = state.parsedName(name)
        if (final !== name && state.hasParsed([final])) return true
        state.set(PARSED, final, reader.value.includes('\ufffd') ? '' : reader.value)
      }
    }
    return true
  }
}

/** The key that an expression names, as a label: quotes around it let it hold any character. */
function keyOf(expression: string): string {
  return sanitizeLabelName(/^\s*"(.*)"\s*$/s.exec(expression)?.[1] ?? expression)
}

/** The label of a raw key, '' when nobody needs it; remembered, since lines repeat their keys. */
function labelNames(needed: { has(name: string): boolean } | undefined): (key: string) => string {
  const known = new Map<string, string>()
  return (key) => {
    const name = known.get(key)
    if (name !== undefined) return name
    const clean = sanitizeLabelName(key)
    const answer = needed === undefined || needed.has(clean) ? clean : ''
    if (known.size < MAX_KEYS) known.set(key, answer)
    return answer
  }
}

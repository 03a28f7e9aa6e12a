import { LogfmtReader } from '../logfmt/reader.ts'
import { PARSED } from '../pipeline/line-state.ts'
import { sanitizeLabelName } from '../pipeline/needed.ts'
import { failParse, LOGFMT_ERROR } from './parser-error.ts'
import type { StageCompiler } from './stage.ts'

const MAX_KEYS = 2000

/** `logfmt`: every pair becomes a label; `logfmt a="b"`: only the named keys, under new names. */
export const compileLogfmt: StageCompiler<'logfmt'> = (stage, context) => {
  const { strict, keepEmpty } = stage
  const reader = new LogfmtReader()
  const labelOf = labelNames(context.needed)

  if (stage.extractions.length === 0) {
    return (state) => {
      reader.start(state.line)
      while (reader.next()) {
        if (reader.fault !== '') {
          if (!strict) continue
          failParse(state, context, LOGFMT_ERROR, reader.fault)
          break
        }
        const name = labelOf(reader.key)
        if (name === '' || (reader.value === '' && !keepEmpty)) continue
        state.extract(name, cleanValue(reader.value))
      }
      return true
    }
  }

  // Several labels may take the same key.
  const targets = new Map<string, string[]>()
  for (const { name, expression } of stage.extractions) {
    const key = sanitizeLabelName(expression)
    targets.set(key, [...(targets.get(key) ?? []), name])
  }
  const all = stage.extractions.map(({ name }) => name)
  const clean = labelNames(undefined)
  return (state) => {
    const seen = new Set<string>()
    for (const name of all) if (state.parsedName(name) === name) state.set(PARSED, name, '')
    reader.start(state.line)
    while (reader.next()) {
      if (reader.fault !== '') {
        if (!strict) continue
        failParse(state, context, LOGFMT_ERROR, reader.fault)
        break
      }
      const key = clean(reader.key)
      const names = targets.get(key)
      if (names === undefined || seen.has(key)) continue
      if (reader.value === '' && !keepEmpty) continue
      seen.add(key)
      for (const name of names) state.set(PARSED, state.parsedName(name), cleanValue(reader.value))
    }
    return true
  }
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

function cleanValue(value: string): string {
  return value.includes('\ufffd') ? value.replaceAll('\ufffd', ' ') : value
}

import { JsonFields } from '../json/fields.ts'
import { NO_LABELS } from '../labels.ts'
import { LogfmtReader } from '../logfmt/reader.ts'
import { compileMatcher } from '../matcher.ts'
import { LineState } from '../pipeline/line-state.ts'
import { NeededLabels, sanitizeLabelName } from '../pipeline/needed.ts'
import type { StageCompiler } from './stage.ts'

/** Tests fields of the line without making labels of them: metadata, else a JSON line's field, else logfmt's, else empty. */
export const compileFieldMatch: StageCompiler<'fieldMatch'> = ({ matchers }) => {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }))
  const read = fieldReader(tests.map(({ name }) => name))
  return (state) => {
    let fields: ((name: string) => string) | undefined
    for (const { name, test } of tests) {
      const own = state.get(name)
      if (own === undefined) fields ??= read(state.line)
      if (!test(own ?? (fields as (name: string) => string)(name))) return false
    }
    return true
  }
}

/** Reads some fields of a line, by the rules of `json` when it is an object and of `logfmt` otherwise. */
function fieldReader(names: readonly string[]): (line: string) => (name: string) => string {
  const scratch = new LineState()
  const json = new JsonFields(new NeededLabels(names))
  const logfmt = new LogfmtReader()
  return (line) => {
    scratch.load({ timeNs: 0n, stream: NO_LABELS, metadata: [], line })
    if (/^\s*\{/.test(line)) json.read(line, scratch)
    else {
      logfmt.start(line)
      while (logfmt.next()) {
        if (logfmt.fault !== '') continue
        const name = sanitizeLabelName(logfmt.key)
        if (names.includes(name)) scratch.extract(name, logfmt.value)
      }
    }
    return (name) => scratch.get(name) ?? ''
  }
}

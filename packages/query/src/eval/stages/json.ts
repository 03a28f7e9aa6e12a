import { parseJsonPath } from '../../logql/json-path.ts'
import { QueryError } from '../../text/error.ts'
import { JsonFields } from '../json/fields.ts'
import { JsonPaths } from '../json/path.ts'
import { type LineState, PARSED } from '../pipeline/line-state.ts'
import { failParse, JSON_ERROR } from './parser-error.ts'
import { hasAllNeeded, type StageCompiler } from './stage.ts'

/** `json`: every field becomes a label; `json a="b.c"`: only the values at the given paths. */
export const compileJson: StageCompiler<'json'> = (stage, context) => {
  if (stage.extractions.length === 0) {
    const fields = new JsonFields(context.needed)
    return (state) => {
      if (hasAllNeeded(state, context)) return true
      const fault = fields.read(state.line, state)
      if (fault !== '') failParse(state, context, JSON_ERROR, fault)
      return true
    }
  }
  const names = stage.extractions.map(({ name }) => name)
  const paths = new JsonPaths(
    stage.extractions.map(({ expression }) => {
      const parsed = parseJsonPath(expression)
      if (!('fault' in parsed)) return parsed.steps
      throw new QueryError(`parse error : cannot parse expression [${expression}]: ${parsed.fault}`, 0, 0)
    }),
  )
  return (state) => {
    const { line } = state
    if (line === '' || hasAllNeeded(state, context)) return true
    const first = line[0]
    if (first !== '{' && first !== '[' && first !== '"') {
      failParse(state, context, JSON_ERROR, '')
      return true
    }
    const found = paths.read(
      line,
      (index, value) => setValue(state, names[index] as string, value),
      (fault) => failParse(state, context, JSON_ERROR, fault),
    )
    if (found < names.length) for (const name of names) if (state.get(name) === undefined) state.set(PARSED, name, '')
    return true
  }
}

function setValue(state: LineState, name: string, value: string): void {
  state.set(PARSED, state.parsedName(name), value)
}

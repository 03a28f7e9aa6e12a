import { parseJsonPath } from '../../logql/json-path.ts'
import { QueryError } from '../../text/error.ts'
import { JsonFields } from '../json/fields.ts'
import { jsonValueAt } from '../json/path.ts'
import { PARSED } from '../pipeline/line-state.ts'
import { failParse, JSON_ERROR } from './parser-error.ts'
import type { StageCompiler } from './stage.ts'

/** `json`: every field becomes a label; `json a="b.c"`: only the values at the given paths. */
export const compileJson: StageCompiler<'json'> = (stage, context) => {
  if (stage.extractions.length === 0) {
    const fields = new JsonFields(context.needed)
    return (state) => {
      const fault = fields.read(state.line, state)
      if (fault !== '') failParse(state, context, JSON_ERROR, fault)
      return true
    }
  }
  const targets = stage.extractions.map(({ name, expression }) => {
    const parsed = parseJsonPath(expression)
    if ('fault' in parsed) {
      throw new QueryError(`parse error : cannot parse expression [${expression}]: ${parsed.fault}`, 0, 0)
    }
    return { name, path: parsed.steps }
  })
  return (state) => {
    const { line } = state
    if (line === '') return true
    const first = line[0]
    if (first !== '{' && first !== '[' && first !== '"') {
      failParse(state, context, JSON_ERROR, '')
      return true
    }
    for (const { name, path } of targets) {
      const value = jsonValueAt(line, path)
      if (typeof value === 'string') state.set(PARSED, state.parsedName(name), value)
      else {
        if (value === null) failParse(state, context, JSON_ERROR, '')
        if (state.get(name) === undefined) state.set(PARSED, name, '')
      }
    }
    return true
  }
}

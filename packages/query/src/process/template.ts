import {
  defineFunction,
  type FunctionTable,
  LOKI,
  parseTemplate,
  SPRIG,
  type Template,
  TemplateExecError,
  TemplateSyntaxError,
} from '../template/index.ts'
import type { ProcessEntry } from './entry.ts'
import { sha3 } from './hash/sha3.ts'
import { sha256 } from './hash/sha256.ts'
import { StageProblem } from './problem.ts'
import { textOfValue } from './value.ts'

/** Text is hashed in some hundred nanoseconds a block. */
const UNITS_PER_CHARACTER = 4

function hashing(digest: (text: string) => string) {
  return defineFunction(['string', 'string'], ([salt, value], scope) => {
    scope.spend((salt.length + value.length) * UNITS_PER_CHARACTER)
    return digest(salt + value)
  })
}

const HASHES: FunctionTable = new Map([
  ['Hash', hashing(sha3)],
  ['Sha2Hash', hashing(sha256)],
])

const FUNCTIONS: readonly FunctionTable[] = [SPRIG, LOKI, HASHES]
/** Some 10 ms at most for one line. */
const MAX_WORK = 1_000_000
const MAX_OUTPUT = 1_048_576

/** A template of Go's with the functions of Promtail's stages. Throws `StageProblem`. */
export function compileStageTemplate(source: string, at: string): Template {
  try {
    return parseTemplate(source, { functions: FUNCTIONS, maxWork: MAX_WORK, maxOutput: MAX_OUTPUT })
  } catch (error) {
    if (error instanceof TemplateSyntaxError) throw new StageProblem(at, error.message)
    throw error
  }
}

/** What a template sees: the extracted values by name, `Value` and `Entry`. */
export function templateData(entry: ProcessEntry, value: string | undefined): Map<string, string> {
  const data = new Map<string, string>()
  if (entry.extracted !== undefined) {
    for (const [name, extracted] of entry.extracted) {
      const text = textOfValue(extracted)
      if (text !== undefined) data.set(name, text)
    }
  }
  if (value !== undefined) data.set('Value', value)
  data.set('Entry', entry.line)
  return data
}

/** The template's text; undefined when it failed on the data. */
export function runTemplate(template: Template, data: ReadonlyMap<string, string>): string | undefined {
  try {
    return template.execute(data)
  } catch (error) {
    if (error instanceof TemplateExecError) return undefined
    throw error
  }
}

import { JsonPaths } from '../../eval/json/path.ts'
import { extractedOf } from '../entry.ts'
import { compileJsonPath } from '../json-path.ts'
import { isObject, namedTexts, StageOptions } from '../options.ts'
import { StageProblem } from '../problem.ts'
import { defineStage } from '../stage.ts'
import { sourceText } from '../value.ts'

type Field = readonly [name: string, find: (document: unknown, text: string) => unknown]

/** `json`: reads a JSON object and extracts values at paths, or without paths all fields of its first level. */
export const json = defineStage({
  name: 'json',
  summary: 'Extracts values from a JSON line, by paths such as user.name or items[0].id',
  example: { expressions: { level: null, message: 'msg', user: 'user.name', first: 'items[0]' }, dropMalformed: false },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, ['expressions', 'source', 'dropMalformed'])
    const source = options.text('source')
    const dropMalformed = options.flag('dropMalformed', false)
    const fields = options.has('expressions')
      ? readFields(options.raw('expressions'), options.path('expressions'))
      : undefined
    return {
      open:
        ({ count, fault }) =>
        (entry) => {
          const text = sourceText(entry, source)
          if (text === undefined) return true
          const document = parsed(text)
          if (document === undefined) {
            if (dropMalformed) count('json', 'malformed', 1)
            else fault('json', 'malformed')
            return !dropMalformed
          }
          const extracted = extractedOf(entry)
          if (fields === undefined)
            for (const [key, value] of Object.entries(document)) extracted.set(key, plainValue(value))
          else for (const [name, find] of fields) extracted.set(name, plainValue(find(document, text)))
          return true
        },
    }
  },
})

function readFields(given: unknown, at: string): readonly Field[] {
  const fields: Field[] = []
  for (const [name, path] of namedTexts(given, at, true)) {
    const compiled = compileJsonPath(path)
    if ('fault' in compiled) {
      // A name without a path is a key, whatever its characters.
      if (path !== name) throw new StageProblem(`${at}.${name}`, `${path} is no path: ${compiled.fault}`)
      fields.push([
        name,
        (document) =>
          Object.hasOwn(document as object, name) ? (document as Record<string, unknown>)[name] : undefined,
      ])
      continue
    }
    const { find, plain } = compiled
    const digits = plain === undefined || plain.length === 0 ? undefined : new JsonPaths([plain])
    fields.push([name, digits === undefined ? find : (document, text) => exact(find(document), text, digits)])
  }
  return fields
}

/** Numbers that a double cannot hold (nanoseconds since 1970, identifiers) stay the text that they are. */
function exact(value: unknown, text: string, digits: JsonPaths): unknown {
  if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value
  let written: unknown = value
  digits.read(
    text,
    (_index, found) => {
      written = found
    },
    () => {},
  )
  return written
}

function parsed(text: string): object | undefined {
  // Most lines that are no JSON are seen by their first character; exceptions cost some microseconds.
  const first = text.charCodeAt(0)
  if (first !== 0x7b && text.trimStart()[0] !== '{') return undefined
  try {
    const document: unknown = JSON.parse(text)
    return isObject(document) ? document : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Objects and lists are extracted as their text. */
function plainValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

import { extractedOf } from '../entry.ts'
import { sha256 } from '../hash/sha256.ts'
import { replaceDetected } from '../mask/detector.ts'
import { compileFieldMask } from '../mask/fields.ts'
import { DETECTORS } from '../mask/index.ts'
import { isObject, StageOptions } from '../options.ts'
import { meantName, StageProblem, shownValue } from '../problem.ts'
import { compileRegex, replaceGroups } from '../regex.ts'
import { defineStage } from '../stage.ts'
import { sourceText } from '../value.ts'

/** Rewrites a text; `replace` is told what kind of secret it was. */
type Rewrite = (text: string, replace: (kind: string, value: string) => string) => string

/** Hexadecimal digits of a hash that are shown: enough to tell values apart, too few to be of use elsewhere. */
const HASH_DIGITS = 12

/** `mask`: replaces secrets, found by built-in detectors, regular expressions and names of fields. */
export const mask = defineStage({
  name: 'mask',
  summary: 'Replaces secrets: found by detectors (email, creditCard …), by expressions, by names of fields',
  example: {
    detect: ['email', 'creditCard', 'jwt'],
    expressions: { order: 'order-(\\d+)' },
    fields: ['password', 'token'],
    action: 'hash',
    salt: 'pepper',
  },
  compile: (given, { at }) => {
    const options = new StageOptions(given, at, [
      ...['detect', 'expressions', 'fields', 'action', 'replacement', 'salt', 'source'],
    ])
    const rewrites = [...readFields(options), ...readDetectors(options), ...readExpressions(options)]
    if (rewrites.length === 0) throw new StageProblem(at, 'says not what to mask: give detect, expressions or fields')
    const source = options.text('source')
    const action = options.choice('action', ['mask', 'hash', 'remove']) ?? 'mask'
    const replacement = options.text('replacement')
    const salt = options.text('salt') ?? ''
    if (replacement !== undefined && action !== 'mask')
      throw options.problem('replacement', `has no meaning beside action: ${action}`)
    if (salt !== '' && action !== 'hash') throw options.problem('salt', 'has a meaning beside action: hash only')
    const replace = (kind: string, value: string): string => {
      if (action === 'remove') return ''
      return action === 'hash'
        ? `<${kind}:${sha256(salt + value).slice(0, HASH_DIGITS)}>`
        : (replacement ?? `<${kind}>`)
    }
    return {
      open: () => (entry) => {
        const before = sourceText(entry, source)
        if (before === undefined || before === '') return true
        let text = before
        for (const rewrite of rewrites) text = rewrite(text, replace)
        if (text === before) return true
        if (source === undefined) entry.line = text
        else extractedOf(entry).set(source, text)
        return true
      },
    }
  },
})

function readFields(options: StageOptions): readonly Rewrite[] {
  const names = options.texts('fields') ?? []
  if (names.length === 0) return []
  if (names.some((name) => name === '')) throw options.problem('fields', 'has an empty name')
  const rewrite = compileFieldMask(names)
  return [(text, replace) => rewrite(text, (value) => replace('field', value))]
}

function readDetectors(options: StageOptions): readonly Rewrite[] {
  const names = options.texts('detect') ?? []
  const known = DETECTORS.map(({ name }) => name)
  for (const name of names) {
    if (name !== 'all' && !known.includes(name)) {
      throw options.problem(
        'detect',
        `there is no detector ${shownValue(name)}${meantName(name, known)}; detectors are all, ${known.join(', ')}`,
      )
    }
  }
  const chosen = DETECTORS.filter(({ name }) => names.includes('all') || names.includes(name))
  return chosen.map(
    (detector) => (text, replace) => replaceDetected(detector, text, (value) => replace(detector.name, value)),
  )
}

function readExpressions(options: StageOptions): readonly Rewrite[] {
  const given = options.raw('expressions')
  if (given === undefined) return []
  const named: [string, unknown][] = isObject(given)
    ? Object.entries(given)
    : (options.texts('expressions') ?? []).map((expression, index) => [`${index}`, expression])
  return named.map(([name, expression]) => {
    const at = `${options.path('expressions')}${isObject(given) ? `.${name}` : `[${name}]`}`
    if (typeof expression !== 'string' || expression === '') throw new StageProblem(at, 'must be a regular expression')
    const rewrite = replaceGroups(compileRegex(expression, at))
    const kind = isObject(given) ? name : 'masked'
    return (text, replace) => rewrite(text, (value) => (value === '' ? '' : replace(kind, value)))
  })
}

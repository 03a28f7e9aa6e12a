import { scanString } from '../../text/string-literal.ts'

/** Every function that a template may call, the language's own included. */
export const TEMPLATE_FUNCTIONS: readonly string[] = [
  ...['__line__', '__timestamp__', 'ToLower', 'ToUpper', 'Replace', 'Trim', 'TrimLeft', 'TrimRight', 'TrimPrefix'],
  ...[
    'TrimSuffix',
    'TrimSpace',
    'regexReplaceAll',
    'regexReplaceAllLiteral',
    'count',
    'urlencode',
    'urldecode',
    'bytes',
  ],
  ...['duration', 'duration_seconds', 'unixEpochMillis', 'unixEpochNanos', 'toDateInZone', 'unixToTime', 'alignLeft'],
  ...['alignRight', 'b64dec', 'b64enc', 'lower', 'upper', 'title', 'trunc', 'substr', 'contains', 'hasPrefix'],
  ...['hasSuffix', 'indent', 'nindent', 'replace', 'repeat', 'trim', 'trimAll', 'trimSuffix', 'trimPrefix', 'int'],
  ...['float64', 'add', 'sub', 'mul', 'div', 'mod', 'addf', 'subf', 'mulf', 'divf', 'max', 'maxf', 'min', 'minf'],
  ...['ceil', 'floor', 'round', 'fromJson', 'date', 'toDate', 'now', 'unixEpoch', 'default', 'printf', 'print'],
  ...['println', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'not', 'index', 'len', 'slice', 'call', 'html'],
  ...['js', 'urlquery'],
]

const FUNCTIONS: ReadonlySet<string> = new Set(TEMPLATE_FUNCTIONS)
const OPENERS: ReadonlySet<string> = new Set(['if', 'range', 'with', 'define', 'block'])
const WORDS: ReadonlySet<string> = new Set([
  ...OPENERS,
  'else',
  'end',
  'template',
  'break',
  'continue',
  'true',
  'false',
  'nil',
])
const WORD = /[\p{L}_][\p{L}\p{Nd}_]*/uy
const NUMBER = /[\d.][\w.]*/y
const RUNE = /'(?:[^'\\\n]|\\[^\n]+?)'/uy

/**
 * Why a Go template cannot be compiled as far as its outline tells: actions closed, strings terminated, blocks and
 * parentheses balanced, functions known. Undefined when nothing is wrong with it.
 */
export function templateFault(template: string): string | undefined {
  const open: string[] = []
  let i = template.indexOf('{{')
  while (i >= 0) {
    const action = scanAction(template, i + 2)
    if (action.fault !== undefined) return `template: ${action.fault}`
    const keyword = action.words[0]
    if (keyword !== undefined && OPENERS.has(keyword)) open.push(keyword)
    if (keyword === 'end' && open.pop() === undefined) return 'template: unexpected {{end}}'
    if (keyword === 'else' && open.length === 0) return 'template: unexpected {{else}}'
    i = template.indexOf('{{', action.end)
  }
  return open.length === 0 ? undefined : `template: {{${open.at(-1)}}} has no {{end}}`
}

interface Action {
  readonly end: number
  readonly words: readonly string[]
  readonly fault?: string
}

function scanAction(text: string, start: number): Action {
  const words: string[] = []
  const failed = (fault: string): Action => ({ end: start, words, fault })
  const comment = /(?:- )?\s*\/\*/y
  comment.lastIndex = start
  if (comment.test(text)) {
    const close = text.indexOf('*/', comment.lastIndex)
    const end = close < 0 ? -1 : text.indexOf('}}', close)
    return end < 0 ? failed('unclosed comment') : { end: end + 2, words }
  }
  let depth = 0
  let i = start
  while (i < text.length) {
    const character = text[i] as string
    if (text.startsWith('}}', i)) {
      if (depth > 0) return failed('unclosed left parenthesis')
      const empty =
        text
          .slice(start, i)
          .replace(/^-\s|\s-$/g, '')
          .trim() === ''
      return empty ? failed('missing value for command') : { end: i + 2, words }
    }
    if (character === '"' || character === '`') {
      const scanned = scanString(text, i)
      if (scanned.fault !== undefined) return failed(scanned.fault)
      i = scanned.end
      continue
    }
    if (character === "'") {
      RUNE.lastIndex = i
      if (!RUNE.test(text)) return failed('unterminated character constant')
      i = RUNE.lastIndex
      continue
    }
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return failed('unexpected right parenthesis')
    if (character === '.' || character === '$') {
      i = endOf(WORD, text, i + 1)
      continue
    }
    const numberEnd = endOf(NUMBER, text, i)
    if (numberEnd > i) {
      i = numberEnd
      continue
    }
    const wordEnd = endOf(WORD, text, i)
    if (wordEnd > i) {
      const word = text.slice(i, wordEnd)
      if (!WORDS.has(word) && !FUNCTIONS.has(word)) return failed(`function "${word}" not defined`)
      words.push(word)
      i = wordEnd
      continue
    }
    if (!/[\s()|,:=+-]/.test(character)) return failed(`unexpected ${JSON.stringify(character)} in command`)
    i++
  }
  return failed('unclosed action')
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

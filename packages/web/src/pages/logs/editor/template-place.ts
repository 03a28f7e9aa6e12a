import { tokenizeForHighlight } from '@girok/query'

export interface TemplatePlace {
  /** `field` after a dot: a label of the line; `word`: a function or keyword. */
  readonly kind: 'field' | 'word'
  readonly from: number
  readonly to: number
}

/** Where the cursor stands in the `{{ … }}` of a `line_format` or `label_format`; undefined anywhere else. */
export function templatePlace(text: string, at: number): TemplatePlace | undefined {
  const tokens = tokenizeForHighlight(text)
  const index = tokens.findIndex(({ kind, start, end }) => kind === 'string' && start < at && at <= end)
  const string = tokens[index]
  if (string === undefined) return undefined
  const quote = text[string.start]
  const closed = string.end - string.start > 1 && text[string.end - 1] === quote
  if (closed && at === string.end) return undefined
  if (!belongsToTemplate(text, tokens.slice(0, index))) return undefined
  const before = text.slice(string.start + 1, at)
  const open = before.lastIndexOf('{{')
  if (open < 0 || before.indexOf('}}', open) >= 0) return undefined
  const action = before.slice(open + 2)
  // In a text or a comment of the template nothing is completed.
  if ((action.replaceAll(/\\./g, '').match(/"/g) ?? []).length % 2 === 1 || /\/\*(?!.*\*\/)/s.test(action)) {
    return undefined
  }
  const typed = /(\.?)(\w*)$/.exec(action)
  const word = typed?.[2] ?? ''
  const rest = /^\w*/.exec(text.slice(at))?.[0].length ?? 0
  return { kind: typed?.[1] === '.' ? 'field' : 'word', from: at - word.length, to: at + rest }
}

/** Whether the stage before the string is one that takes a template. */
function belongsToTemplate(text: string, before: ReturnType<typeof tokenizeForHighlight>): boolean {
  for (const { kind, start, end } of [...before].reverse()) {
    const word = text.slice(start, end)
    if (kind === 'stage') return word === 'line_format' || word === 'label_format'
    if (/^[|!{(]/.test(word)) return false
  }
  return false
}

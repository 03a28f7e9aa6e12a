import type { ColouredStretch } from '../../../explore/editor/language.ts'

const token =
  /(#[^\n]*)|((?:^|(?<=\n))[ \t]*(?:- +)*[\w.$/-]+(?=:(?:[ \t]|\n|$)))|("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*')|((?<=[:,[ ])(?:\d+(?:\.\d+)?(?:ms|[smhdwy])?)+(?=[ \t]*(?:[,\]\n]|$)))|((?<=: )(?:true|false|null)(?=[ \t]*(?:\n|$)))/g
const kinds = ['comment', 'label', 'string', 'number', 'keyword'] as const

/** Colours of a text of YAML, near enough for reading. */
export function yamlColours(text: string): readonly ColouredStretch[] {
  const found: ColouredStretch[] = []
  for (const match of text.matchAll(token)) {
    const group = match.slice(1).findIndex((part) => part !== undefined)
    const kind = kinds[group]
    if (kind === undefined) continue
    const indent = kind === 'label' ? (/^[ \t]*(?:- +)*/.exec(match[0])?.[0].length ?? 0) : 0
    // Within a plain text a # is no comment unless a space stands before it.
    if (kind === 'comment' && match.index > 0 && !/\s/.test(text[match.index - 1] ?? '')) continue
    found.push({ start: match.index + indent, end: match.index + match[0].length, kind })
  }
  return found
}

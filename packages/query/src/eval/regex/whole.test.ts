import { describe, expect, it } from 'vitest'
import { QueryError } from '../../text/error.ts'
import { compileWholePattern } from './whole.ts'

describe('whole patterns', () => {
  it('match whole texts, over line ends', () => {
    const pattern = compileWholePattern('a|b.*')
    expect(['a', 'b', 'b\nc', 'ab', 'xa', ''].map((text) => pattern.matches(text))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it.each([
    ['(.*):(\\d+)', '$2-$1', 'host:80', '80-host'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of a rule
    ['(.*):(\\d+)', '${1}0', 'host:80', 'host0'],
    ['(.*):(\\d+)', '$10', 'host:80', ''],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of a rule
    ['(?P<name>\\w+)-(?<other>\\w+)', '$other/${name}', 'a-b', 'b/a'],
    ['(a)(b)?', '[$1|$2]', 'a', '[a|]'],
    ['.*', '$$1 $ ${ $-', 'x', '$1 $ ${ $-'],
    ['.*', '$0', 'all', 'all'],
    ['(.*)', '$1', '', ''],
  ])('%s fills %s', (pattern, template, text, filled) => {
    expect(compileWholePattern(pattern).expander(template)(text)).toBe(filled)
  })

  it('give nothing when the text does not match', () => {
    expect(compileWholePattern('a(b)').expander('$1')('abc')).toBeUndefined()
  })

  it('refuse what is no pattern by itself', () => {
    for (const bad of ['(', 'a)(b', '(?!a)', '\\1']) expect(() => compileWholePattern(bad)).toThrow(QueryError)
  })
})

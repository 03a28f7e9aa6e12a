import { BUILTINS, LOGQL_DOCS, LOKI, parseAndCheckLogQL, SPRIG } from '@girok/query'
import { describe, expect, it } from 'vitest'
import { faultsOf } from './faults.ts'
import { groupedPart } from './grouped-part.ts'
import { templatePlace } from './template-place.ts'
import { templateDocs } from './template-words.ts'

/** The cursor stands at `‸`. */
function placeOf(marked: string): string | undefined {
  const at = marked.indexOf('‸')
  const text = marked.replace('‸', '')
  const place = templatePlace(text, at)
  return place === undefined ? undefined : `${place.kind} ${text.slice(place.from, place.to)}`
}

describe('templatePlace', () => {
  it.each([
    ['{a="b"} | line_format "{{ ‸', 'word '],
    ['{a="b"} | line_format "{{ up‸', 'word up'],
    ['{a="b"} | line_format "{{ .us‸er }}"', 'field user'],
    ['{a="b"} | line_format `{{ .user | lo‸ }}`', 'word lo'],
    ['{a="b"} | json | label_format x="{{.‸}}"', 'field '],
    ['{a="b"} | label_format 이름=`{{ default "없음" .‸이름 }}`', 'field '],
    ['{a="b"} | line_format "{{ .a }} ‸"', undefined],
    ['{a="b"} | line_format `{{ printf "%s‸" .a }}`', undefined],
    ['{a="b"} | line_format "x"‸', undefined],
    ['{a="{{ ‸"}', undefined],
    ['{a="b"} |= "{{ ‸"', undefined],
    ['{a="b"} | line_format "x" |= "{{ ‸"', undefined],
  ])('%s: %s', (marked, wanted) => {
    expect(placeOf(marked)).toBe(wanted)
  })

  it('never throws on broken texts', () => {
    const text = '{a="b"} | line_format `{{ if .x }}{{ .y | upper }}{{ end }}` | json'
    for (let end = 0; end <= text.length; end += 1) templatePlace(text.slice(0, end), end)
  })
})

describe('template words', () => {
  it('are functions that templates can call, and all of them are there', () => {
    const callable = new Set([...BUILTINS.keys(), ...LOKI.keys(), ...SPRIG.keys(), '__line__', '__timestamp__'])
    expect([...templateDocs.keys()].filter((name) => !callable.has(name))).toEqual([])
    // Names with a capital are older spellings of the same functions.
    const undescribed = [...LOKI.keys(), ...SPRIG.keys()].filter(
      (name) => /^[a-z]/.test(name) && !templateDocs.has(name),
    )
    expect(undescribed).toEqual([])
  })

  it('stand with a signature that begins with their name', () => {
    expect(templateDocs.size).toBeGreaterThan(50)
    for (const [name, doc] of templateDocs) expect(doc.signature.startsWith(name), name).toBe(true)
  })
})

describe('groupedPart', () => {
  it.each([
    ['sum by () (count_over_time({a="b"} | json [5m]))', '{a="b"} | json'],
    ['sum by (l', ''],
    ['topk(2, rate({a="[5m]"} |= "[x]"[5m]))', '{a="[5m]"} |= "[x]"'],
    ['{a="b"} | logfmt', '{a="b"} | logfmt'],
  ])('%s: %s', (query, part) => {
    expect(groupedPart(query)).toBe(part)
  })
})

describe('faultsOf', () => {
  const marked = (text: string): string[] => faultsOf(text).map(({ from, to }) => text.slice(from, to))

  it('underlines what the parser refuses', () => {
    expect(marked('{a="b"} | nonsense ~ 1')).toEqual(['~'])
    expect(marked('{a="b"')).toEqual(['"'])
  })

  it.each([
    ['{a="b"} |~ "("', 'missing'],
    ['{a="b"} | json x="a["', 'json'],
    ['{a="b"} | line_format "{{ .x | nope }}"', 'nope'],
    ['{a="b"} |= ip("1.2.3.999")', 'ip'],
  ])('tells what the checker refuses: %s', (query, word) => {
    expect(() => parseAndCheckLogQL(query)).toThrow()
    const [fault] = faultsOf(query)
    expect(fault?.message.toLowerCase()).toContain(word)
    expect(fault?.to).toBeGreaterThan(fault?.from ?? 0)
  })

  it('leaves plain words, empty boxes and good queries alone', () => {
    for (const text of ['', '  ', 'timeout of 결제', '{a="b"} | json | x > 5', 'sum(rate({a="b"}[5m]))']) {
      expect(faultsOf(text), text).toEqual([])
    }
  })

  it('finds no fault in the examples of the documentation', () => {
    for (const [name, { example }] of LOGQL_DOCS) expect(faultsOf(example), name).toEqual([])
  })
})

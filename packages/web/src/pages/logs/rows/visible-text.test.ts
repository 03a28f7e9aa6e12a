import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { block, markTexts, maxCellLength, oneLine } from './visible-text.ts'

describe('oneLine', () => {
  it.each([
    ['plain 한국어 日本語 😀', 'plain 한국어 日本語 😀'],
    ['a\nb\r\nc\td', 'a ⏎ b ⏎ c  d'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['bell\u0007nul\u0000', 'bell␇nul␀'],
    ['x\u202egnp.exe\u202c', 'x⟨U+202E⟩gnp.exe⟨U+202C⟩'],
    ['\u2066a\u2069\u200f\ufeff', '⟨U+2066⟩a⟨U+2069⟩⟨U+200F⟩⟨U+FEFF⟩'],
  ])('%j → %j', (text, shown) => {
    expect(oneLine(text)).toBe(shown)
  })

  it('cuts long lines', () => {
    expect(oneLine('x'.repeat(10_000))).toHaveLength(maxCellLength + 1)
  })
})

describe('block', () => {
  it('keeps line breaks and tabs, and shows the rest', () => {
    expect(block('a\r\n\tb\u202e\u0000')).toBe('a\n\tb⟨U+202E⟩␀')
  })
})

describe('markTexts', () => {
  it('marks what was searched, whatever the case', () => {
    expect(markTexts('An Error, an error', ['error'])).toEqual([
      { text: 'An ', marked: false },
      { text: 'Error', marked: true },
      { text: ', an ', marked: false },
      { text: 'error', marked: true },
    ])
  })

  it('never changes the text', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 50 })
    fc.assert(
      fc.property(texts, fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 3 }), (text, searched) => {
        expect(
          markTexts(text, searched)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })
})

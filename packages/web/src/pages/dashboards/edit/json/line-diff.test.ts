import { describe, expect, it } from 'vitest'
import { type DiffLine, diffLines, nearChanges } from './line-diff.ts'

const written = (lines: readonly DiffLine[]): string =>
  lines.map(({ kind, text }) => `${kind === 'same' ? ' ' : kind === 'added' ? '+' : '-'}${text}`).join('|')

/** Length of the longest common subsequence, the slow and plain way. */
function common(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let x = a.length - 1; x >= 0; x -= 1) {
    for (let y = b.length - 1; y >= 0; y -= 1) {
      const row = table[x] as number[]
      row[y] =
        a[x] === b[y] ? 1 + (table[x + 1]?.[y + 1] ?? 0) : Math.max(table[x + 1]?.[y] ?? 0, table[x]?.[y + 1] ?? 0)
    }
  }
  return table[0]?.[0] ?? 0
}

/** Numbers from 0 to below 1, the same for the same seed. */
function randoms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('a comparison of lines', () => {
  it.each([
    ['a\nb\nc', 'a\nb\nc', ' a| b| c'],
    ['a\nb\nc', 'a\nx\nc', ' a|-b|+x| c'],
    ['a\nb', 'a\nb\nc\nd', ' a| b|+c|+d'],
    ['a\nb\nc', 'c', '-a|-b| c'],
    ['a\nb\nc\na\nb\nb\na', 'c\nb\na\nb\na\nc', '-a|-b| c|+b| a| b|-b| a|+c'],
    ['', 'a', '-|+a'],
  ])('of %j and %j', (before, after, wanted) => {
    expect(written(diffLines(before, after))).toBe(wanted)
  })

  it('numbers the lines of both texts', () => {
    expect(diffLines('a\nb\nc', 'a\nx\ny\nc').map(({ before, after }) => [before, after])).toEqual([
      [1, 1],
      [2, undefined],
      [undefined, 2],
      [undefined, 3],
      [3, 4],
    ])
  })

  it('gives both texts back, with as few changes as there can be', () => {
    const seed = 20_261_122
    const random = randoms(seed)
    for (let round = 0; round < 400; round += 1) {
      const text = (): string[] =>
        Array.from({ length: Math.floor(random() * 14) }, () => 'abcd'[Math.floor(random() * 4)] ?? '')
      const [a, b] = [text(), text()]
      const lines = diffLines(a.join('\n'), b.join('\n'))
      const side = (left: DiffLine['kind']): string =>
        lines.flatMap(({ kind, text }) => (kind === left ? [] : [text])).join('\n')
      const told = `seed ${seed}, round ${round}`
      expect(side('added'), told).toBe(a.join('\n'))
      expect(side('removed'), told).toBe(b.join('\n'))
      // An empty text is one empty line.
      const same = common(a.length === 0 ? [''] : a, b.length === 0 ? [''] : b)
      expect(lines.filter(({ kind }) => kind === 'same').length, told).toBe(same)
    }
  })

  it('of texts that have little in common is bounded, and still right', () => {
    const a = Array.from({ length: 3000 }, (_, index) => `a${index}`)
    const b = Array.from({ length: 3000 }, (_, index) => `b${index}`)
    const lines = diffLines(`first\n${a.join('\n')}\nlast`, `first\n${b.join('\n')}\nlast`)
    expect(lines).toHaveLength(6002)
    expect(lines.filter(({ kind }) => kind === 'same').map(({ text }) => text)).toEqual(['first', 'last'])
  })

  it('leaves out what is far from changes', () => {
    const before = Array.from({ length: 30 }, (_, index) => `line ${index}`)
    const after = before.map((line, index) => (index === 15 ? 'changed' : line))
    const parts = nearChanges(diffLines(before.join('\n'), after.join('\n')), 2)
    expect(parts.map((part) => ('skipped' in part ? part.skipped : written(part.lines)))).toEqual([
      13,
      ' line 13| line 14|-line 15|+changed| line 16| line 17',
      12,
    ])
    expect(nearChanges(diffLines('a\nb', 'a\nb'))).toEqual([{ skipped: 2 }])
  })
})

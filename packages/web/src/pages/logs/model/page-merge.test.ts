import { describe, expect, it } from 'vitest'
import { type Entry, noLabels } from '../../../api/entry.ts'
import { entryHash, newEntries } from './page-merge.ts'

const entry = (ts: string, line: string, labels: Record<string, string> = { app: 'a' }): Entry => ({
  ts,
  line,
  labels,
  meta: noLabels,
  parsed: noLabels,
})

describe('newEntries', () => {
  it('takes off what the list already holds at its last time', () => {
    const list = [entry('5', 'x'), entry('4', 'a'), entry('4', 'b')]
    const page = [entry('4', 'b'), entry('4', 'a'), entry('4', 'c'), entry('3', 'd')]
    expect(newEntries(list, page).map((one) => one.line)).toEqual(['c', 'd'])
  })

  it('keeps true duplicates as many as they are', () => {
    const list = [entry('4', 'same'), entry('4', 'same')]
    const page = [entry('4', 'same'), entry('4', 'same'), entry('4', 'same'), entry('3', 'same')]
    expect(newEntries(list, page)).toHaveLength(2)
  })

  it('tells streams apart whatever the order of their labels', () => {
    const list = [entry('4', 'x', { a: '1', b: '2' })]
    const page = [entry('4', 'x', { b: '2', a: '1' }), entry('4', 'x', { a: '1', b: '3' })]
    expect(newEntries(list, page)).toEqual([page[1]])
  })

  it('takes all of the first page', () => {
    expect(newEntries([], [entry('1', 'a'), entry('1', 'a')])).toHaveLength(2)
  })
})

describe('entryHash', () => {
  it('differs by line and by stream, and not by the order of labels', () => {
    const one = entryHash(entry('1', 'a', { a: '1', b: '2' }))
    expect(entryHash(entry('1', 'a', { b: '2', a: '1' }))).toBe(one)
    expect(entryHash(entry('1', 'b', { a: '1', b: '2' }))).not.toBe(one)
    expect(entryHash(entry('1', 'a', { a: '1', b: '3' }))).not.toBe(one)
  })
})

import type { ListedDashboard } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { findDashboards, tagsOf } from './list-state.ts'

const one = (title: string, origin: ListedDashboard['origin'], ...tags: string[]): ListedDashboard => ({
  id: title,
  title,
  origin,
  tags,
  panels: 1,
})
const all = [
  one('Zebra', 'stored', 'ml'),
  one('추론', 'built-in', 'ml', 'gpu'),
  one('Disk 10', 'file'),
  one('Disk 9', 'file', 'host'),
]
const titles = (search: string, tag?: string) => findDashboards(all, search, tag).map(({ title }) => title)

describe('the list of dashboards', () => {
  it('has built-in ones first and orders as people count', () => {
    expect(titles('')).toEqual(['추론', 'Disk 9', 'Disk 10', 'Zebra'])
  })
  it('finds by all words, in whatever form they are typed', () => {
    expect(titles('DISK 9')).toEqual(['Disk 9'])
    expect(titles('추론'.normalize('NFD'))).toEqual(['추론'])
    expect(titles('ml')).toEqual(['추론', 'Zebra'])
    expect(titles('', 'host')).toEqual(['Disk 9'])
    expect(titles('nothing like it')).toEqual([])
  })
  it('counts tags', () => {
    expect(tagsOf(all)).toEqual([
      { tag: 'ml', count: 2 },
      { tag: 'gpu', count: 1 },
      { tag: 'host', count: 1 },
    ])
  })
})

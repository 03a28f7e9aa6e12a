import { describe, expect, it } from 'vitest'
import { Ring } from './ring.ts'

describe('Ring', () => {
  it('keeps the newest items and their numbers', () => {
    const ring = new Ring<number>(4)
    for (let i = 0; i < 10; i += 1) ring.push(i * 10)
    expect([ring.first, ring.end, ring.size]).toEqual([6, 10, 4])
    expect([5, 6, 9, 10].map((number) => ring.at(number))).toEqual([undefined, 60, 90, undefined])
  })

  it('is exact before it is full', () => {
    const ring = new Ring<string>(3)
    expect([ring.size, ring.at(0)]).toEqual([0, undefined])
    ring.push('a')
    ring.push('b')
    expect([ring.first, ring.end, ring.at(0), ring.at(1), ring.at(2)]).toEqual([0, 2, 'a', 'b', undefined])
  })

  it('takes the items of another in order and empties it', () => {
    const shown = new Ring<number>(5)
    const waiting = new Ring<number>(5)
    for (const item of [1, 2, 3]) shown.push(item)
    for (const item of [4, 5, 6, 7]) waiting.push(item)
    shown.take(waiting)
    expect([shown.first, shown.end]).toEqual([2, 7])
    expect([2, 3, 4, 5, 6].map((number) => shown.at(number))).toEqual([3, 4, 5, 6, 7])
    expect(waiting.size).toBe(0)
  })

  it('starts anew after clear', () => {
    const ring = new Ring<number>(2)
    for (const item of [1, 2, 3]) ring.push(item)
    ring.clear()
    ring.push(9)
    expect([ring.first, ring.end, ring.at(0)]).toEqual([0, 1, 9])
  })
})

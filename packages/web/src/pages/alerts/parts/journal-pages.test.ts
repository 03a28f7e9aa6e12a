import { expect, it } from 'vitest'
import { JournalPages, joined } from './journal-pages.ts'

const row = (n: number) => ({ at: String(Math.floor(n / 2)), n })
const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, k) => row(from - k))

it('newer rows go before those that are shown, and close no gap that is there', () => {
  const shown = { rows: rows(9, 1), older: 'c' }
  expect(joined({ rows: rows(11, 7), older: 'x' }, shown)).toEqual({ rows: rows(11, 1), older: 'c' })
  expect(joined({ rows: rows(30, 20), older: 'x' }, shown)).toEqual({ rows: rows(30, 20), older: 'x' })
  expect(joined({ rows: rows(9, 1), older: undefined }, shown)).toEqual({ rows: rows(9, 1), older: undefined })
  expect(joined({ rows: [], older: undefined }, undefined)).toEqual({ rows: [], older: undefined })
})

it('older rows are asked for from where the last ones ended, until there are none', async () => {
  const pages = new JournalPages<ReturnType<typeof row>>()
  const asked: (string | undefined)[] = []
  const ask = async (before: string | undefined) => {
    asked.push(before)
    if (before === undefined) return { rows: rows(9, 7), older: '7' }
    return before === '7' ? { rows: rows(6, 4), older: '4' } : { rows: rows(3, 1), older: undefined }
  }
  await pages.load(ask)
  await Promise.all([pages.loadOlder(), pages.loadOlder()])
  await pages.load(ask)
  expect(pages.shown.value).toEqual({ rows: rows(9, 4), older: '4' })
  await pages.loadOlder()
  await pages.loadOlder()
  expect(pages.shown.value).toEqual({ rows: rows(9, 1), older: undefined })
  expect(asked).toEqual([undefined, '7', undefined, '4'])
  pages.clear()
  expect(pages.shown.value).toBeUndefined()
})

import { readdirSync } from 'node:fs'
import { parseAndCheckLogQL } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import { describe, expect, test } from 'vitest'
import { checkDashboard } from '../check.ts'
import { builtInDashboards } from './index.ts'
import { filled, firstValues, queriesOf } from './testing/fill.ts'

test('the table lists every dashboard of the folder', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => name !== 'index' && name !== 'layout')
  expect(Object.keys(builtInDashboards).sort()).toEqual(names.sort())
})

describe.for(Object.entries(builtInDashboards))('%s', ([, dashboard]) => {
  const filling = firstValues(dashboard)

  test('could be saved as it is', () => {
    expect(checkDashboard(JSON.parse(JSON.stringify(dashboard)))).toEqual(dashboard)
  })

  test('panels have numbers of their own, stay on the grid and do not overlap', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const taken = new Set<string>()
    for (const { title, place } of dashboard.panels) {
      expect(place.x + place.w, title).toBeLessThanOrEqual(24)
      expect(place.w, title).toBeGreaterThan(0)
      for (let x = place.x; x < place.x + place.w; x++) {
        for (let y = place.y; y < place.y + place.h; y++) {
          expect(taken.has(`${x} ${y}`), `${title} at ${x}, ${y}`).toBe(false)
          taken.add(`${x} ${y}`)
        }
      }
    }
    // Rows are full: no hole is left on the right.
    expect(taken.size % 24).toBe(0)
  })

  test('every query can be read, and so can the one that leads to its records', () => {
    for (const { panel, query } of queriesOf(dashboard)) {
      const text = filled(query.expr, filling)
      const parse = query.language === 'promql' ? parsePromQL : parseAndCheckLogQL
      expect(() => parse(text), `${panel}: ${text}`).not.toThrow()
    }
    for (const { title, logs } of dashboard.panels) {
      if (logs === undefined) continue
      const text = filled(logs, filling).replaceAll(/\{\{\w+\}\}/g, 'x')
      expect(() => parseAndCheckLogQL(text), `${title}: ${text}`).not.toThrow()
    }
  })

  test('variables are used, and what is used is a variable', () => {
    const texts = JSON.stringify([
      dashboard.panels,
      dashboard.variables.map((variable) => ('match' in variable ? variable.match : '')),
    ])
    for (const { name } of dashboard.variables) expect(texts, name).toMatch(new RegExp(`\\$${name}\\b`))
  })
})

import type { Labels } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packLabels, unpackLabels } from './label-table.ts'
import { estimateWork } from './work.ts'
import { packRequest, unpackRequest } from './worker-messages.ts'

const OPTIONS = { lookbackMs: 300_000, defaultStepMs: 60_000, maxSamples: 1000, delayedNameRemoval: false }

describe('what goes to a thread and back', () => {
  it('keeps label sets, empty ones and strange ones, in order', () => {
    const seed = Date.now() % 2 ** 31
    console.log(`label table: seed ${seed}`)
    const labels = fc.array(fc.tuple(fc.string(), fc.string())).map((pairs): Labels => new Map(pairs))
    fc.assert(
      fc.property(fc.array(labels), (sets) => {
        expect([...unpackLabels(structuredClone(packLabels(sets)))]).toEqual(sets)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('keeps which samples are whose, what is known of nodes, and memory that several share', () => {
    const expr = parsePromQL('sum(a) / b')
    if (expr.kind !== 'binary' || expr.left.kind !== 'aggregate' || expr.right.kind !== 'selector') throw new Error()
    const memory = new Float64Array([1, 2, 3, 4])
    const series = [
      { labels: new Map([['x', '1']]), times: memory.subarray(0, 2), values: memory.subarray(2) },
      { labels: new Map([['x', '2']]), times: memory.subarray(1, 3), values: memory.subarray(1, 3) },
    ]
    const known = [{ labels: new Map(), values: Float64Array.of(7), present: Uint8Array.of(1) }]
    const request = {
      expr,
      grid: { startMs: 0, stepMs: 1, count: 1 },
      options: OPTIONS,
      data: new Map([[expr.right, series]]),
      answers: new Map([[expr.left, known]]),
    }
    const { message, transfer } = packRequest(request)
    expect(transfer).toContain(memory.buffer)
    const received = unpackRequest(structuredClone(message, { transfer }))
    if (received.expr.kind !== 'binary' || received.expr.right.kind !== 'selector') throw new Error()
    expect(received.expr).toEqual(expr)
    const [first, second] = received.data.get(received.expr.right) ?? []
    expect([first?.labels.get('x'), ...(first?.times ?? []), ...(first?.values ?? [])]).toEqual(['1', 1, 2, 3, 4])
    expect([second?.labels.get('x'), ...(second?.values ?? [])]).toEqual(['2', 2, 3])
    expect(received.answers.get(received.expr.left)).toEqual([
      { labels: new Map(), values: Float64Array.of(7), present: Uint8Array.of(1) },
    ])
    expect(memory.length).toBe(0)
  })

  it('counts windows that are looked through again, and steps of subqueries', () => {
    const work = (query: string): number => {
      const expr = parsePromQL(query)
      const samples = { labels: new Map(), times: new Float64Array(1000), values: new Float64Array(1000) }
      const selector = ((): import('@girok/query/promql').VectorSelector => {
        let node = expr
        while (node.kind !== 'matrix') {
          if (node.kind === 'call') node = node.args[node.args.length - 1] as typeof node
          else if (node.kind === 'subquery') node = node.expr
          else throw new Error(`no selector in a ${node.kind}`)
        }
        return node.selector
      })()
      const grid = { startMs: 0, stepMs: 60_000, count: 100 }
      return estimateWork({ expr, grid, options: OPTIONS, data: new Map([[selector, [samples]]]), answers: new Map() })
    }
    expect(work('rate(x[1h])')).toBeLessThan(2000)
    expect(work('quantile_over_time(0.5, x[1h])')).toBeGreaterThan(50_000)
    expect(work('max_over_time(rate(x[5m])[1h:1s])')).toBeGreaterThan(300_000)
  })
})

import { CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { completer } from './complete.ts'
import type { KnownNames } from './known-names.ts'

const asked: string[] = []
const known: KnownNames = {
  metrics: async () => ['http_requests_total', 'up', '서버.부하'],
  meta: async () => new Map([['http_requests_total', { type: 'counter', help: 'Requests served.', unit: '' }]]),
  labels: async (selector) => {
    asked.push(selector)
    return ['__name__', 'job', 'zone', 'team.name']
  },
  values: async (label, selector) => {
    asked.push(`${label} of ${selector}`)
    return ['a', 'b"c']
  },
}
const complete = completer(known)

/** What is offered at `‸`: the labels, and the text after the first of these is taken. */
async function offered(marked: string, explicit = true): Promise<{ labels: string[]; taken(label: string): string }> {
  const at = marked.indexOf('‸')
  const text = marked.replace('‸', '')
  const result = await complete(new CompletionContext(EditorState.create({ doc: text }), at, explicit))
  return {
    labels: result?.options.map(({ label }) => label) ?? [],
    taken: (label) => {
      const option = result?.options.find((one) => one.label === label)
      const insert = typeof option?.apply === 'string' ? option.apply : (option?.label ?? '')
      return text.slice(0, result?.from) + insert + text.slice(result?.to ?? at)
    },
  }
}

describe('completion of PromQL', () => {
  it('offers metrics with what they are, functions and aggregations where an expression begins', async () => {
    const { labels, taken } = await offered('su‸')
    expect(labels).toEqual(expect.arrayContaining(['up', 'http_requests_total', 'sum', 'sum_over_time', 'rate']))
    expect(taken('sum')).toBe('sum(')
    expect(taken('서버.부하')).toBe('{"서버.부하"}')
    expect((await offered('rate(http‸)')).taken('http_requests_total')).toBe('rate(http_requests_total)')
    expect((await offered('‸', false)).labels).toEqual([])
  })

  it('offers labels of the metric that are not matched yet, and their values with quotes where none stand', async () => {
    asked.length = 0
    const labels = await offered('up{job="a", ‸}', false)
    expect(labels.labels).toEqual(['zone', 'team.name'])
    expect(labels.taken('team.name')).toBe('up{job="a", "team.name"}')
    expect((await offered('up{job="a", zone="‸"}', false)).taken('b"c')).toBe('up{job="a", zone="b\\"c"}')
    expect((await offered('up{zone=‸}', false)).taken('a')).toBe('up{zone="a"}')
    expect(asked).toEqual(['up{job="a"}', 'zone of up{job="a"}', 'zone of up'])
    expect((await offered('up{job‸}')).labels).toContain('job')
  })

  it('offers labels of all metrics of the query where it groups', async () => {
    asked.length = 0
    const { labels } = await offered('sum by (‸) (rate(http_requests_total[5m])) / on (job) up', false)
    expect(labels).toEqual(['job', 'team.name', 'zone'])
    expect(asked).toEqual(['http_requests_total', 'up'])
  })

  it('offers durations in brackets and operators behind an expression', async () => {
    expect((await offered('rate(up[‸])')).labels).toContain('5m')
    expect((await offered('up ‸')).labels).toEqual(expect.arrayContaining(['offset', 'and', 'or', 'unless']))
    expect((await offered('up{job‸="a"}')).labels).toContain('job')
    expect((await offered('up{job ‸}')).labels).toEqual(['=', '!=', '=~', '!~'])
  })

  it('never asks for the labels of all series by a selector that the server refuses', async () => {
    asked.length = 0
    await offered('{job!="a", ‸}', false)
    await offered('{job="", ‸}', false)
    expect(asked).toEqual(['', ''])
  })
})

import { expect, test } from 'vitest'
import { labelSet } from '../../model/labels.ts'
import { exposition } from './exposition.ts'

const sample = (labels: Record<string, string>, value: number, timeMs = 1000) => ({
  labels: labelSet(Object.entries(labels)),
  value,
  timeMs,
})

test('metrics by name, series by labels, with times', () => {
  const rows = exposition([
    sample({ __name__: 'b', job: 'x', instance: 'h:1' }, 2),
    sample({ __name__: 'a', path: 'C:\\"dir"\n' }, Number.NaN, 5),
    sample({ __name__: 'b', job: 'a', instance: 'h:1' }, 1e9),
    sample({ job: 'nameless' }, 1),
    sample({ __name__: 'http.requests', 'k.v': '1', instance: 'i' }, -0.5),
  ])
  expect([...rows].join('')).toBe(
    '# TYPE a untyped\na{path="C:\\\\\\"dir\\"\\n",instance=""} NaN 5\n' +
      '# TYPE b untyped\nb{instance="h:1",job="a"} 1e+09 1000\nb{instance="h:1",job="x"} 2 1000\n' +
      '# TYPE "http.requests" untyped\n{"http.requests",instance="i","k.v"="1"} -0.5 1000\n',
  )
})

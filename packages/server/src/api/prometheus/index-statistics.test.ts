import { expect, test } from 'vitest'
import { labelSet } from '../../model/labels.ts'
import { indexStatistics } from './index-statistics.ts'

const series = (metric: string, job: string, firstHour: number, lastHour: number) => ({
  id: `${metric}${job}`,
  labels: labelSet([
    ['__name__', metric],
    ['job', job],
  ]),
  firstHour,
  lastHour,
})

test('the greatest counts first', async () => {
  const told = await indexStatistics([series('up', 'a', 3, 5), series('up', 'b', 2, 4), series('x', 'b', 4, 4)], 2)
  expect(told).toEqual({
    headStats: { numSeries: 3, numLabelPairs: 4, chunkCount: 0, minTime: 7_200_000, maxTime: 21_600_000 },
    seriesCountByMetricName: [
      { name: 'up', value: 2 },
      { name: 'x', value: 1 },
    ],
    labelValueCountByLabelName: [
      { name: '__name__', value: 2 },
      { name: 'job', value: 2 },
    ],
    memoryInBytesByLabelName: [
      { name: '__name__', value: 3 },
      { name: 'job', value: 2 },
    ],
    seriesCountByLabelValuePair: [
      { name: '__name__=up', value: 2 },
      { name: 'job=b', value: 2 },
    ],
  })
  expect((await indexStatistics([], 10)).headStats).toEqual({
    numSeries: 0,
    numLabelPairs: 0,
    chunkCount: 0,
    minTime: 0,
    maxTime: 0,
  })
})

import { expect, test } from 'vitest'
import { createComplaints } from './complaints.ts'

test('one line a minute; what was held back is counted', () => {
  const lines: string[] = []
  let time = 0
  const complain = createComplaints({ write: (line) => void lines.push(line), now: () => time })
  complain('first')
  complain('second')
  complain('third')
  time = 59_999
  complain('fourth')
  time = 60_000
  complain('fifth')
  expect(lines).toEqual(['first', 'fifth (3 more since the last message)'])
})

test('last words are not held back', () => {
  const lines: string[] = []
  const complain = createComplaints({ write: (line) => void lines.push(line), now: () => 0 })
  complain('first')
  complain('second')
  complain('lost for good', true)
  expect(lines).toEqual(['first', 'lost for good (1 more since the last message)'])
})

test('a place that throws is no reason to throw', () => {
  const complain = createComplaints({
    write: () => {
      throw new Error('closed')
    },
  })
  expect(() => complain('x')).not.toThrow()
})

import { describe, expect, it } from 'vitest'
import { type Entry, noLabels } from '../../../api/entry.ts'
import { readLine } from './line-reading.ts'
import { columnValue } from './row-field.ts'

const entry = (line: string, labels: Record<string, string> = {}): Entry => ({
  ts: '1',
  line,
  labels,
  meta: noLabels,
  parsed: noLabels,
})

describe('readLine', () => {
  it('puts the message first and leaves out what has a column of its own', () => {
    const line =
      '{"timestamp":"t","level":"INFO","message":"step done","loss":0.5,"gpu":{"util":98},"note":"two words","tags":[1]}'
    expect(readLine(entry(line)).readable).toEqual({
      message: 'step done',
      rest: 'loss=0.5 gpu_util=98 note="two words"',
    })
  })

  it("takes structlog's event for the message where there is no other", () => {
    const line = '{"user":"kim","event":"user_login","level":"warning","timestamp":"t"}'
    expect(readLine(entry(line)).readable).toEqual({ message: 'user_login', rest: 'user=kim' })
    expect(readLine(entry('{"event":"click","msg":"clicked"}')).readable).toEqual({
      message: 'clicked',
      rest: 'event=click',
    })
  })

  it('reads a line without a message by its fields, and other lines not at all', () => {
    expect(readLine(entry('{"event_type":"click","message":7}')).readable).toEqual({
      message: '',
      rest: 'event_type=click message=7',
    })
    expect(readLine(entry('plain text')).readable).toBeUndefined()
  })

  it('reads each record once', () => {
    const one = entry('{"a":1}')
    expect(readLine(one)).toBe(readLine(one))
  })
})

describe('columnValue', () => {
  it('prefers what the server gave over what stands in the line', () => {
    expect(columnValue(entry('{"app":"line","x":1}', { app: 'label' }), 'app')).toBe('label')
    expect(columnValue(entry('{"app":"line","x":1}', { app: 'label' }), 'x')).toBe('1')
    expect(columnValue(entry('level=info took=5ms'), 'took')).toBe('5ms')
    expect(columnValue(entry('nothing'), 'took')).toBeUndefined()
  })
})

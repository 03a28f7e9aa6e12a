import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { engineCode, toGirokError } from './engine-error.ts'

const said = (code: number, text = 'something'): Error => new Error(`Code: ${code}. DB::Exception: ${text}. (NAME)`)

describe('errors of the engine', () => {
  it.each([
    [159, 'query', 'timeout'],
    [159, 'insert', 'store_unavailable'],
    [241, 'query', 'limit_exceeded'],
    [241, 'insert', 'store_unavailable'],
    [243, 'insert', 'disk_full'],
    [394, 'query', 'cancelled'],
    [396, 'query', 'limit_exceeded'],
    [158, 'query', 'limit_exceeded'],
    [307, 'query', 'limit_exceeded'],
    [252, 'insert', 'store_unavailable'],
    [210, 'query', 'store_unavailable'],
    [62, 'query', 'store_failed'],
    [76, 'insert', 'store_failed'],
  ] as const)('%i during a %s is %s', (code, activity, expected) => {
    const error = toGirokError(said(code), activity)
    expect(error.code).toBe(expected)
    expect(error.retryAfterSeconds).toBe(expected === 'store_unavailable' ? 1 : undefined)
  })

  it('knows a full disk by its text as well', () => {
    expect(toGirokError(said(75, 'Cannot write to file, errno: 28, strerror: No space left'), 'insert').code).toBe(
      'disk_full',
    )
    expect(toGirokError(said(75, 'Cannot write to file, errno: 5, strerror: Input/output error'), 'insert').code).toBe(
      'store_failed',
    )
  })

  it('finds the code wherever the error carries it', () => {
    expect(engineCode(Object.assign(new Error('x'), { clickhouseCode: 241 }))).toBe(241)
    expect(engineCode(Object.assign(new Error('x'), { code: '241' }))).toBe(241)
    expect(engineCode(new Error('outer', { cause: said(241) }))).toBe(241)
    expect(engineCode(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBeUndefined()
    expect(engineCode('x')).toBeUndefined()
  })

  it('takes broken connections for a server that is away', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    expect(toGirokError(reset, 'query').code).toBe('store_unavailable')
    expect(toGirokError(new Error('wrapped', { cause: reset }), 'insert').code).toBe('store_unavailable')
    expect(toGirokError(new Error('socket hang up'), 'insert').code).toBe('store_unavailable')
    expect(toGirokError(new TypeError('a fault of ours'), 'insert').code).toBe('store_failed')
  })

  it('leaves a GirokError as it is, and shortens what the engine says', () => {
    const own = new GirokError('cancelled', 'own')
    expect(toGirokError(own, 'query')).toBe(own)
    expect(toGirokError(said(62, 'x'.repeat(5000)), 'query').message.length).toBeLessThan(700)
    expect(toGirokError(new Error('Code: 62. first\nsecond'), 'query').message).not.toContain('second')
  })
})

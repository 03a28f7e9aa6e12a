import { describe, expect, it } from 'vitest'
import { formatValue, type Unit } from './unit.ts'
import { measureOfQuery } from './unit-of-query.ts'

describe('formatValue', () => {
  it.each<[number, Unit, string]>([
    [0, 'none', '0'],
    [1234, 'none', '1,234'],
    [12_345_678, 'none', '12.35M'],
    [0.12345, 'none', '0.1235'],
    [0.00001234, 'none', '1.23e-5'],
    [12.5, 'perSecond', '12.5/s'],
    [1023, 'bytes', '1,023 B'],
    [1536, 'bytes', '1.5 KiB'],
    [3 * 1024 ** 3, 'bytesPerSecond', '3 GiB/s'],
    [-2048, 'bytes', '-2 KiB'],
    [0, 'seconds', '0 s'],
    [0.0015, 'seconds', '1.5 ms'],
    [0.3 * 0.01, 'seconds', '3 ms'],
    [90, 'seconds', '1.5 min'],
    [2e-7, 'seconds', '200 ns'],
    [7200, 'seconds', '2 h'],
    [12.345, 'percent', '12.35 %'],
    [0.5, 'ratio', '50 %'],
    [999, 'bits', '999 bit'],
    [12_500_000, 'bitsPerSecond', '12.5 Mbit/s'],
    [71.25, 'celsius', '71.25 °C'],
    [1500, 'watts', '1.5 kW'],
    [0, 'joules', '0 J'],
    [230, 'volts', '230 V'],
    [2.5e9, 'hertz', '2.5 GHz'],
    [1200, 'rpm', '1,200 rpm'],
    [1500, 'milliseconds', '1.5 s'],
    [20, 'microseconds', '20 µs'],
    [5, 'nanoseconds', '5 ns'],
    [0, 'milliseconds', '0 s'],
    [1e20, 'unixMilliseconds', '100000000000000000000'],
  ])('%d %s: %s', (value, unit, text) => {
    expect(formatValue(value, unit, 'en')).toBe(text)
  })

  it('writes as many decimals as are asked for', () => {
    expect(formatValue(1.5, 'none', 'en', 4, 2)).toBe('1.50')
    expect(formatValue(0.00001, 'ratio', 'en', 4, 1)).toBe('0.0 %')
    expect(formatValue(1234.5, 'seconds', 'en', 4, 0)).toBe('21 min')
    expect(formatValue(Date.UTC(2026, 10, 20), 'unixMilliseconds', 'en')).toMatch(/^11\/(19|20|21)\/26, /)
  })

  it('writes great numbers as the language does', () => {
    expect(formatValue(12_345_678, 'none', 'ko')).toBe('1235만')
  })
})

describe('measureOfQuery', () => {
  it.each<[string, Unit, number]>([
    ['sum by (level) (rate({a="b"}[1m]))', 'perSecond', 1],
    ['count_over_time({a="b"}[1m])', 'none', 1],
    ['sum(bytes_over_time({a="b"}[1h]))', 'bytes', 1],
    ['bytes_rate({a="b"}[5m])', 'bytesPerSecond', 1],
    ['quantile_over_time(0.95, {a="b"} | json | unwrap duration(took) [5m]) by (route)', 'seconds', 1],
    ['avg_over_time({a="b"} | json | unwrap latency_ms [5m])', 'seconds', 1e-3],
    ['max_over_time({a="b"} | json | unwrap elapsedMs [5m])', 'seconds', 1e-3],
    ['avg_over_time({a="b"} | json | unwrap memory_mb [5m])', 'bytes', 1024 ** 2],
    ['rate({a="b"} | json | unwrap bytes(sent) [5m])', 'bytesPerSecond', 1],
    ['sum_over_time({a="b"} | json | unwrap items [5m])', 'none', 1],
    ['avg_over_time({a="b"} | json | unwrap cpu_percent [5m])', 'percent', 1],
    ['count(avg_over_time({a="b"} | json | unwrap latency_ms [5m]))', 'none', 1],
    ['stdvar_over_time({a="b"} | json | unwrap latency_ms [5m])', 'none', 1],
    ['sum(rate({a="b"} |= "x" [5m])) / sum(rate({a="b"}[5m]))', 'ratio', 1],
    ['100 * sum(rate({a="b"} |= "x" [5m])) / sum(rate({a="b"}[5m]))', 'percent', 1],
    ['sum(rate({a="b"} |= "x" [5m])) / sum(rate({a="b"}[5m])) * 100', 'percent', 1],
    ['topk(3, sum by (route) (bytes_over_time({a="b"}[1h]))) > 1000', 'bytes', 1],
    ['sum(rate({a="b"}[5m])) or vector(0)', 'none', 1],
    ['{a="b"}', 'none', 1],
    ['rate({a=', 'none', 1],
  ])('%s: %s', (query, unit, factor) => {
    expect(measureOfQuery(query)).toEqual({ unit, factor })
  })
})

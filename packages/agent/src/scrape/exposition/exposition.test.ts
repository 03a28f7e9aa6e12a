import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpositionError } from './error.ts'
import { acceptHeader, DEFAULT_PROTOCOLS, type ExpositionFormat, formatOf } from './format.ts'
import { normalBound, parseNumber, readNumber } from './number.ts'
import { parseExposition } from './parse.ts'

const NOW = 1_700_000_000_000

function read(text: string | Buffer, format: ExpositionFormat = 'text') {
  const { samples, descriptions } = parseExposition(Buffer.from(text), format, NOW)
  return {
    descriptions,
    samples: samples.map(({ labels, value, timeMs, exemplar }) => ({
      series: Object.fromEntries(labels),
      value,
      ...(timeMs !== NOW && { timeMs }),
      ...(exemplar && { exemplar: { ...exemplar, labels: Object.fromEntries(exemplar.labels) } }),
    })),
  }
}

const one = (text: string, format?: ExpositionFormat) => read(text, format).samples[0]

describe('the text format', () => {
  it('is read with descriptions, blanks, comments and timestamps', () => {
    const text = [
      '# HELP http_requests_total The \\"number\\" of\\nrequests \\\\ all.',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      'http_requests_total { method = "post" , code="400", }\t3   1395066363001 ',
      '',
      '  # a comment',
      '#another',
      '# HELP alone',
      '# UNIT http_requests_total is no keyword here',
      '#\tTYPE\tgauge_of_mine   gauge  ',
      'no_labels 7',
      'no_labels{} -7e-3',
      '\tspaced:name +Inf\r',
      'last NaN',
    ].join('\n')
    expect(read(text)).toEqual({
      descriptions: [
        { metric: 'http_requests_total', type: 'counter', help: 'The \\"number\\" of\nrequests \\ all.', unit: '' },
        { metric: 'alone', type: 'unknown', help: '', unit: '' },
        { metric: 'gauge_of_mine', type: 'gauge', help: '', unit: '' },
      ],
      samples: [
        {
          series: { __name__: 'http_requests_total', method: 'post', code: '200' },
          value: 1027,
          timeMs: 1_395_066_363_000,
        },
        {
          series: { __name__: 'http_requests_total', method: 'post', code: '400' },
          value: 3,
          timeMs: 1_395_066_363_001,
        },
        { series: { __name__: 'no_labels' }, value: 7 },
        { series: { __name__: 'no_labels' }, value: -0.007 },
        { series: { __name__: 'spaced:name' }, value: Number.POSITIVE_INFINITY },
        { series: { __name__: 'last' }, value: Number.NaN },
      ],
    })
  })

  it('reads escapes, braces, commas and any letters in values, and leaves empty ones out', () => {
    expect(one('m{path="C:\\\\DIR\\\\N.TXT",error="no:\\n\\"N\\"",odd="\\x",b="a}{,=# b",u="삼 é",none=""} 1')).toEqual(
      {
        series: { __name__: 'm', path: 'C:\\DIR\\N.TXT', error: 'no:\n"N"', odd: '\\x', b: 'a}{,=# b', u: '삼 é' },
        value: 1,
      },
    )
  })

  it('reads names in quotes', () => {
    expect(one('{"my.metric","a b"="1",c="2"} 1')?.series).toEqual({ __name__: 'my.metric', 'a b': '1', c: '2' })
    expect(one('{c="2","my.metric"} 1')?.series).toEqual({ __name__: 'my.metric', c: '2' })
    expect(read('# HELP "my.metric" of "mine"').descriptions).toEqual([
      { metric: 'my.metric', type: 'unknown', help: 'of "mine"', unit: '' },
    ])
  })

  it('writes bounds of histograms and quantiles alike', () => {
    const text = [
      '# TYPE h histogram',
      'h_bucket{le="1"} 1',
      'h_bucket{le="0.5"} 1',
      'h_bucket{le="+Inf"} 1',
      '# TYPE s summary',
      's{quantile="1",le="1"} 1',
      '# TYPE g gauge',
      'g{le="1",quantile="1"} 1',
    ].join('\n')
    const bounds = read(text).samples.map(({ series }) => [series.le, series.quantile])
    expect(bounds).toEqual([
      ['1.0', undefined],
      ['0.5', undefined],
      ['+Inf', undefined],
      ['1', '1.0'],
      ['1', '1'],
    ])
  })

  it('takes nothing for an answer', () => {
    expect(read('')).toEqual({ samples: [], descriptions: [] })
    expect(read('\n\n')).toEqual({ samples: [], descriptions: [] })
  })

  it.each([
    ['a 1\nb', 'line 2: expected a value behind a blank'],
    ['a', 'line 1: expected a value'],
    ['a{b="c"}1', 'line 1: expected a value'],
    ['a x', 'line 1: "x" is no value'],
    ['a 1 2 3', 'line 1: "3" does not belong behind a sample'],
    ['a 1 1.5', 'line 1: "1.5" is no timestamp in milliseconds'],
    ['a 1e999', 'line 1: "1e999" is no value'],
    ['a 0x10', 'line 1: "0x10" is no value'],
    ['a{b="c} 1', 'line 1: a label value without a closing quote'],
    ['a{b="c"', 'line 1: labels without a closing brace'],
    ['a{b="c\n"} 1', 'line 1: a label value without a closing quote'],
    ['a{b=c} 1', 'line 1: expected a quoted value of the label "b"'],
    ['a{b} 1', 'line 1: expected = behind the label name "b"'],
    ['a{b="1" c="2"} 1', 'line 1: expected a comma or a closing brace'],
    ['a{b="1",b="2"} 1', 'line 1: the label "b" is given twice'],
    ['a{"b"} 1', 'line 1: a second name of the metric, "b"'],
    ['a{1b="x"} 1', 'line 1: "1b'],
    ['{a="b"} 1', 'line 1: a sample without a name'],
    ['1a 1', 'line 1: "1a" is no name of a metric'],
    ['# TYPE a wheel', 'line 1: "wheel" is no type of a metric'],
    ['# TYPE 1 gauge', 'line 1: expected the name of a metric behind TYPE'],
    ['<html>', 'line 1: expected a value'],
    [Buffer.from([0x61, 0x20, 0x31, 0x0a, 0x62, 0xff, 0x0a]), 'line 2: not UTF-8'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(message)
    expect(() => read(text)).toThrow(ExpositionError)
  })
})

describe('OpenMetrics', () => {
  it('is read with units, seconds and exemplars', () => {
    const text = [
      '# TYPE foo_seconds counter',
      '# UNIT foo_seconds seconds',
      '# HELP foo_seconds Says "\\"x\\"".',
      'foo_seconds_total{a="b"} 17.0 1520879607.789 # {trace_id="}x"} 0.5 1520879607.1',
      'foo_seconds_total 1 # {} 3',
      '# TYPE bar_info info',
      'bar_info{v="1"} 1',
      '# EOF',
    ].join('\n')
    for (const end of ['', '\n']) {
      expect(read(text + end, 'openmetrics')).toEqual({
        descriptions: [
          { metric: 'foo_seconds', type: 'counter', help: 'Says ""x"".', unit: 'seconds' },
          { metric: 'bar_info', type: 'info', help: '', unit: '' },
        ],
        samples: [
          {
            series: { __name__: 'foo_seconds_total', a: 'b' },
            value: 17,
            timeMs: 1_520_879_607_789,
            exemplar: { labels: { trace_id: '}x' }, value: 0.5, timeMs: 1_520_879_607_100 },
          },
          {
            series: { __name__: 'foo_seconds_total' },
            value: 1,
            exemplar: { labels: {}, value: 3, timeMs: NOW },
          },
          { series: { __name__: 'bar_info', v: '1' }, value: 1 },
        ],
      })
    }
  })

  it.each([
    ['a 1\n', 'line 2: OpenMetrics has to end with # EOF'],
    ['', 'line 1: OpenMetrics has to end with # EOF'],
    ['# EOF\na 1\n', 'line 2: nothing may follow # EOF'],
    ['a 1\n\n# EOF', 'line 2: an empty line'],
    ['a  1\n# EOF', 'line 1: expected a value'],
    ['a 1 \n# EOF', 'line 1: "" is no timestamp in seconds'],
    ['# a comment\n# EOF', 'line 1: OpenMetrics has no comments'],
    ['# TYPE a untyped\n# EOF', 'line 1: "untyped" is no type'],
    ['# UNIT a_b seconds\n# EOF', 'line 1: the unit "seconds" is not the end of the name a_b'],
    ['a 1 NaN\n# EOF', 'line 1: "NaN" is no timestamp'],
    ['a 1 # 5\n# EOF', 'line 1: an exemplar begins with its labels'],
    ['a 1 # {b="c"}\n# EOF', 'is no exemplar'],
    ['a 1 # {b="c"} x\n# EOF', 'is no exemplar'],
    ['a 1 # {b=} 1\n# EOF', 'line 1: expected a quoted value'],
    ['a 1 # {b="c"} 1 2 3\n# EOF', 'is no exemplar'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text, 'openmetrics')).toThrow(message)
    expect(() => read(text, 'openmetrics')).toThrow(ExpositionError)
  })
})

describe('numbers', () => {
  it('are the doubles that their texts mean (property)', () => {
    const text = fc.oneof(
      fc.double().map(String),
      fc.integer().map(String),
      fc.tuple(fc.bigInt(0n, 10n ** 17n), fc.nat(20)).map(([digits, at]) => {
        const padded = String(digits).padStart(at + 1, '0')
        return `${padded.slice(0, padded.length - at)}.${padded.slice(padded.length - at)}`
      }),
    )
    fc.assert(
      fc.property(text, fc.constantFrom('', '+', '-'), (digits, sign) => {
        const word = /^[-IN]/.test(digits) ? digits : sign + digits
        const bytes = Buffer.from(`x${word} `)
        expect(readNumber(bytes, 1, bytes.length - 1)).toBe(Number(word))
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['', '.', '+', '-', '1.2.3', '1_000', '0x1p3', 'infinite', '+nan', '1e', '1e400', ' 1'])(
    '%j is none',
    (text) => {
      expect(parseNumber(text)).toBeUndefined()
      expect(readNumber(Buffer.from(text), 0, text.length)).toBeUndefined()
    },
  )

  it('are bounds in one way of writing', () => {
    const written = [
      '1',
      '0',
      '-1',
      '0.50',
      '1e3',
      '100000',
      '1000000',
      '1234567.5',
      '5e-5',
      '0.0001',
      'inf',
      '-Inf',
      'x',
    ]
    expect(written.map(normalBound)).toEqual([
      '1.0',
      '0.0',
      '-1.0',
      '0.5',
      '1000.0',
      '100000.0',
      '1e+06',
      '1.2345675e+06',
      '5e-05',
      '0.0001',
      '+Inf',
      '-Inf',
      'x',
    ])
  })
})

describe('formats', () => {
  it('are asked for and known by their types', () => {
    expect(acceptHeader(DEFAULT_PROTOCOLS)).toBe(
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    )
    expect(formatOf('application/openmetrics-text; version=1.0.0; charset=utf-8')).toBe('openmetrics')
    expect(formatOf('text/plain; version=0.0.4', 'openmetrics')).toBe('text')
    expect(formatOf(undefined)).toBe('text')
    expect(formatOf('text/x', 'openmetrics')).toBe('openmetrics')
    expect(() => formatOf('application/vnd.google.protobuf; proto=x')).toThrow('protobuf')
  })
})

describe('broken expositions', () => {
  const good = [
    '# HELP m_seconds A "help" \\n.',
    '# TYPE m_seconds histogram',
    '# UNIT m_seconds seconds',
    'm_seconds_bucket{le="1",a="b\\"\\\\"} 17 1520879607.789 # {trace_id="x"} 0.5 1.1',
    'm_seconds_count 1e3',
    '{"quoted.name",x="y"} -1.5',
    '# EOF',
    '',
  ].join('\n')

  it('are refused with a line and nothing else (fuzz)', () => {
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() & 0x7fffffff)
    console.log(`exposition: FUZZ_SEED=${seed}`)
    const bytes = Buffer.from(good)
    const changes = fc.array(
      fc.tuple(fc.nat(bytes.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}" \n#\\=,1')))),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    fc.assert(
      fc.property(changes, fc.nat(bytes.length), fc.constantFrom('text', 'openmetrics'), (edits, length, format) => {
        const broken = Buffer.from(bytes.subarray(0, length))
        for (const [at, byte] of edits) if (at < broken.length) broken[at] = byte
        try {
          parseExposition(broken, format as ExpositionFormat, NOW)
        } catch (error) {
          expect(error).toBeInstanceOf(ExpositionError)
          const { line } = error as ExpositionError
          expect(line).toBeGreaterThan(0)
          expect(line).toBeLessThanOrEqual(broken.toString('latin1').split('\n').length + 1)
        }
      }),
      { seed, numRuns: 20_000 },
    )
  })
})

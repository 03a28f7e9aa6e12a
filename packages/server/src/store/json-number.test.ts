import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonNumber } from './json-number.ts'

const seed = Date.now() % 2 ** 31

function read(text: string): number {
  const bytes = Buffer.from(`[${text}]`)
  return jsonNumber(bytes, 1, bytes.length - 1)
}

it(`reads what JSON.parse reads, to the last bit (seed ${seed})`, () => {
  const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength })
  const text = fc
    .tuple(
      fc.constantFrom('', '-'),
      digits(18).map((some) => some.replace(/^0+(?=\d)/, '')),
      fc.option(digits(22)),
      fc.option(fc.constantFrom('e5', 'E-7', 'e+22', 'e99')),
    )
    .map(
      ([sign, whole, decimals, exponent]) =>
        `${sign}${whole}${decimals === null ? '' : `.${decimals}`}${exponent ?? ''}`,
    )
  fc.assert(
    fc.property(text, (some) => {
      expect(read(some)).toBe(JSON.parse(some))
    }),
    { seed, numRuns: 5000 },
  )
})

it.each(['0', '-0', '0.1', '123.456', '999999999999999', '9999999999999999', '0.000000000000001', '8.41', '1e-3'])(
  '%s',
  (text) => {
    expect(read(text)).toBe(JSON.parse(text))
  },
)

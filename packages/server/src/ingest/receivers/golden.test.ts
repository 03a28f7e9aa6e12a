import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { casesOf, runCase, TESTDATA } from '../testing/golden-case.ts'
import { receivers } from './index.ts'

/**
 * Each case is a folder `testdata/<receiver>/<case>` with `request.json` (see testing/golden-case.ts), `request.body` (the
 * bytes as sent) and `expected.json`. GOLDEN_UPDATE=1 writes expected.json anew: read the difference before committing.
 */
describe('recorded requests', () => {
  it('has a folder with cases for each receiver and none besides', () => {
    expect(readdirSync(TESTDATA).sort()).toEqual(receivers.map(({ name }) => name).sort())
  })

  for (const receiver of receivers) {
    for (const one of casesOf(receiver)) {
      it(`${receiver.name}/${one.name}`, async () => {
        const { bench, result } = await runCase(one, one.bodies)
        const actual = JSON.parse(JSON.stringify(result))
        const file = join(one.folder, 'expected.json')
        if (process.env.GOLDEN_UPDATE === '1') writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`)
        expect(existsSync(file)).toBe(true)
        expect(actual).toEqual(JSON.parse(readFileSync(file, 'utf8')))
        expect([bench.imbalance(), bench.faults]).toEqual([0, []])
      })

      if (one.written.listener === undefined) continue
      it(`${receiver.name}/${one.name}, in pieces of 7 bytes`, async () => {
        const { result } = await runCase(one, one.bodies, 7)
        expect(JSON.parse(JSON.stringify(result))).toEqual(
          JSON.parse(readFileSync(join(one.folder, 'expected.json'), 'utf8')),
        )
      })
    }
  }
})

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { receivers } from './index.ts'

/**
 * Each case is a folder `testdata/<receiver>/<case>` with `request.json` (path, query, headers, nowMs), `request.body`
 * (the bytes as sent) and `expected.json`. GOLDEN_UPDATE=1 writes expected.json anew: read the difference before committing.
 */
const ROOT = join(import.meta.dirname, '../testdata')

describe('recorded requests', () => {
  it('has a folder with cases for each receiver and none besides', () => {
    expect(readdirSync(ROOT).sort()).toEqual(receivers.map(({ name }) => name).sort())
  })

  for (const receiver of receivers) {
    for (const name of readdirSync(join(ROOT, receiver.name)).sort()) {
      it(`${receiver.name}/${name}`, async () => {
        const folder = join(ROOT, receiver.name, name)
        const { nowMs, ...request } = JSON.parse(readFileSync(join(folder, 'request.json'), 'utf8'))
        const bench = openReceiver(receiver, { nowMs })
        const response = await bench.send({ ...request, body: readFileSync(join(folder, 'request.body')) })
        const actual = {
          status: response.status,
          body: String(response.body ?? ''),
          records: bench.records(),
          rejected: Object.fromEntries(bench.counters.rejected.values),
        }
        const file = join(folder, 'expected.json')
        if (process.env.GOLDEN_UPDATE === '1') writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`)
        expect(existsSync(file)).toBe(true)
        expect(actual).toEqual(JSON.parse(readFileSync(file, 'utf8')))
        expect(bench.imbalance()).toBe(0)
      })
    }
  }
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeDriver } from '../testing/driver-conformance.ts'
import { type Facade, openFacade } from '../testing/facade.ts'
import { clickhouseDriver } from './clickhouse.ts'
import type { DriverOptions } from './definition.ts'

const path = mkdtempSync(join(tmpdir(), 'girok-facade-'))
let facade: Facade
beforeAll(async () => {
  facade = await openFacade({ path, username: 'girok', password: 'päss:word' })
})
afterAll(async () => {
  await facade.close()
  rmSync(path, { recursive: true, force: true })
})

function options(more: Partial<DriverOptions> = {}): DriverOptions {
  return {
    dataDir: path,
    url: facade.url,
    database: 'girok_test',
    username: 'girok',
    password: 'päss:word',
    readers: 2,
    maxMemoryBytes: 450 * 2 ** 20,
    minFreeDiskBytes: 0,
    log: () => undefined,
    ...more,
  }
}

describeDriver('clickhouse', () => clickhouseDriver.open(options()))

describe('clickhouse only', () => {
  it('makes the database when it is missing, and only then', async () => {
    await (await clickhouseDriver.open(options({ database: 'new `db`' }))).close()
    const made = (): number => facade.statements.filter((sql) => sql.includes('CREATE DATABASE')).length
    const before = made()
    await (await clickhouseDriver.open(options({ database: 'new `db`' }))).close()
    expect(made()).toBe(before)
  })

  it('says which server refuses whom, without the password', async () => {
    const refused = clickhouseDriver.open(options({ url: facade.url.replace('//', '//girok:secret@') }))
    await expect(refused).rejects.toThrow(/ClickHouse server at http:\/\/127.0.0.1:\d+ cannot be used as girok/)
    await expect(refused).rejects.not.toThrow(/secret/)
  })

  it('rejects with store_unavailable when nobody answers', async () => {
    await expect(clickhouseDriver.open(options({ url: 'http://127.0.0.1:1' }))).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })

  it('says store_unavailable while the server is away and goes on when it is back', async () => {
    const driver = await clickhouseDriver.open(options())
    const ask = async (): Promise<string> =>
      (await driver.query('SELECT 1', 'TabSeparated', { lane: 'query', timeoutMs: 5000 })).toString()
    expect(await ask()).toBe('1\n')
    facade.setDown(true)
    await expect(ask()).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(driver.insert('rows', ['id'], Buffer.from('9\n'), { token: 'down' })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    facade.setDown(false)
    expect(await ask()).toBe('1\n')
    await driver.close()
  })

  it('takes the account from the address when it stands there', async () => {
    const url = facade.url.replace('//', `//girok:${encodeURIComponent('päss:word')}@`)
    await (await clickhouseDriver.open(options({ url, username: 'nobody', password: '' }))).close()
  })

  it('refuses an address that is none', async () => {
    await expect(clickhouseDriver.open(options({ url: 'nonsense' }))).rejects.toMatchObject({ code: 'store_failed' })
  })
})

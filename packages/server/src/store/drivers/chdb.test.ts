import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { describeDriver } from '../testing/driver-conformance.ts'
import { chdbDriver } from './chdb.ts'
import { checkConfig, configXml } from './chdb-config.ts'
import { loadChdb } from './chdb-library.ts'
import type { DriverOptions } from './definition.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'girok-chdb-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const logged: string[] = []
const options: DriverOptions = {
  dataDir,
  url: undefined,
  database: 'girok',
  username: 'default',
  password: '',
  readers: 2,
  maxMemoryBytes: 450 * 2 ** 20,
  minFreeDiskBytes: 2 ** 20,
  log: (level, message) => logged.push(`${level} ${message}`),
}

describeDriver('chdb', () => chdbDriver.open(options))

describe('chdb only', () => {
  it('keeps the configuration of the engine private', () => {
    expect(readFileSync(join(dataDir, 'engine.xml'), 'utf8')).toBe(configXml(options))
    expect(statSync(join(dataDir, 'engine.xml')).mode & 0o777).toBe(0o600)
  })

  it('notices that the engine ignored its configuration', () => {
    expect(() => checkConfig('server\tmax_server_memory_usage\t0\nzone\tzone\tUTC\n', options)).toThrow(
      /ignored its configuration.*max_server_memory_usage should be 471859200, is 0/,
    )
  })

  it('says where the engine has builds when there is none', async () => {
    const absent = loadChdb(() => Promise.reject(new Error("Cannot find package 'chdb'")))
    await expect(absent).rejects.toThrow(/Cannot find package.*Linux x64 and arm64.*macOS.*store\.url.*WSL/)
  })

  it('names the directory when its files are of no use', async () => {
    const broken = join(dataDir, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'store'), 'a file where a directory should be')
    await expect(chdbDriver.open({ ...options, dataDir: broken })).rejects.toMatchObject({ code: 'store_failed' })
  })

  it('opens again where it closed, without a warning about its threads', async () => {
    const driver = await chdbDriver.open(options)
    const answer = await driver.query('SELECT count() FROM rows WHERE id = 5000', 'TabSeparated', {
      lane: 'query',
      timeoutMs: 5000,
    })
    expect(answer.toString()).toBe('1\n')
    // No one query may take what the others and the writer need.
    const greedy = driver.query('SELECT length(groupArray(number)) FROM numbers(1000000000)', 'TabSeparated', {
      lane: 'heavy',
      timeoutMs: 20_000,
    })
    await expect(greedy).rejects.toThrow(/more memory than store.maxMemory allows/)
    await driver.close()
    expect(logged).toEqual([])
  })
})

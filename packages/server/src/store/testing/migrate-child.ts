import type { Driver } from '../driver.ts'
import { migrate } from '../migrate.ts'
import { MIGRATIONS } from '../schema.ts'
import { openEmbeddedDriver } from './embedded-driver.ts'

// Migrates the directory of argument 1 and kills itself as soon as as many statements as argument 2 says have ended.
const [dataDir = '', stopAfter = '0'] = process.argv.slice(2)

let left = Number(stopAfter)
function count(): void {
  left--
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}

const driver = await openEmbeddedDriver(dataDir, (level, message) => console.error(level, message))
const counting: Driver = {
  ...driver,
  async command(sql, options) {
    await driver.command(sql, options)
    count()
  },
  async insert(table, columns, rows, options) {
    await driver.insert(table, columns, rows, options)
    count()
  },
}
const version = await migrate(counting, MIGRATIONS, { engine: 'chdb', durability: 'fsync' })
await driver.close()
console.log(version)

import type { Driver } from '../driver.ts'
import { chdbDriver } from '../drivers/chdb.ts'
import type { DriverLog } from '../drivers/definition.ts'

/** The embedded engine over a directory, as small as tests need it. */
export function openEmbeddedDriver(dataDir: string, log: DriverLog = () => undefined): Promise<Driver> {
  return chdbDriver.open({
    dataDir,
    url: undefined,
    database: 'girok',
    username: 'default',
    password: '',
    readers: 1,
    maxMemoryBytes: 450 * 2 ** 20,
    minFreeDiskBytes: 0,
    log,
  })
}

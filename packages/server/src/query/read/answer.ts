import { GirokError } from '../../model/errors.ts'
import type { Driver, QueryOptions } from '../../store/driver.ts'
import type { Run } from '../run/runs.ts'

/** An answer of the storage engine that is cut short, or is not one to what was asked. */
export class UnreadableAnswer extends GirokError {
  constructor(sizeBytes: number, at: number) {
    super(
      'store_failed',
      `the answer of the storage engine, ${sizeBytes} bytes, cannot be read at byte ${at}: it is cut short or not what was ` +
        'asked for; ask again',
    )
  }
}

/**
 * Asks the store and decodes its answer. What cannot be read is asked for once more: it was seen, very rarely, right after
 * other statements had been ended by their time limit on a busy machine.
 *
 * @param decode must begin anew at each call
 */
export async function askAndDecode<T>(
  driver: Driver,
  statement: string,
  run: Run,
  decode: (bytes: Buffer) => Promise<T>,
  settings: Pick<QueryOptions, 'maxThreads'> = {},
): Promise<T> {
  const once = async (): Promise<T> => {
    const options = { ...settings, lane: run.lane, signal: run.signal, timeoutMs: run.remainingMs() }
    const bytes = await driver.query(statement, 'RowBinary', options)
    run.rested()
    return decode(bytes)
  }
  try {
    return await once()
  } catch (error) {
    if (!(error instanceof UnreadableAnswer)) throw error
    return once()
  }
}

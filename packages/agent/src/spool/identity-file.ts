import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkedJson, readCheckedJson, writeDurably } from './durable-file.ts'
import { ID_BYTES } from './record-form.ts'
import { newSegment } from './segment.ts'
import { SegmentScan } from './segment-scan.ts'

const NAME = 'identity.json'

/**
 * The random id of the spool in a folder: as its file says, else as the records that are there say (under another one,
 * records that were sent before would be taken for new), else a new one. Written durably before the first record.
 */
export async function spoolIdentity(folder: string, segments: readonly number[], fsync: boolean): Promise<Buffer> {
  const written = identityOfFile(join(folder, NAME))
  if (written !== undefined) return written
  const id =
    identityOfRecords(folder, segments) ?? Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(ID_BYTES)))
  await writeDurably(folder, NAME, checkedJson({ version: 1, id: id.toString('hex') }), fsync)
  return id
}

function identityOfFile(path: string): Buffer | undefined {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const found = readCheckedJson(content) as { readonly id: string } | undefined
  return found === undefined ? undefined : Buffer.from(found.id, 'hex')
}

function identityOfRecords(folder: string, segments: readonly number[]): Buffer | undefined {
  for (const first of segments) {
    const fd = openSync(newSegment(folder, first, 0).path, 'r')
    try {
      const record = new SegmentScan(fd, () => fstatSync(fd).size, undefined).next(0, 0)
      if (record !== undefined) return record.head.id
    } finally {
      closeSync(fd)
    }
  }
  return undefined
}

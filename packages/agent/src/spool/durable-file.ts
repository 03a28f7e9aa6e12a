import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** Writes names of files to the disk: a file that was created, renamed or removed is so after a loss of power, too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a small file: at any moment the old content is there or the new, whole. */
export async function writeDurably(folder: string, name: string, content: string, fsync: boolean): Promise<void> {
  const path = join(folder, name)
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(content)
    if (fsync) await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
  if (fsync) await syncFolder(folder)
}

/** A value as JSON in one line, with its checksum in the next. */
export function checkedJson(value: unknown): string {
  const text = JSON.stringify(value)
  return `${text}\n${checksum(text)}\n`
}

/** The value, undefined when a single bit of it is not as it was written. */
export function readCheckedJson(content: string): unknown {
  const [text = '', sum] = content.split('\n')
  return sum === checksum(text) ? JSON.parse(text) : undefined
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

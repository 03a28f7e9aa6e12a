import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** Writes names of files to the disk: a file that was created, renamed or removed is so after a loss of power, too. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Replaces a small file: at any moment the old content is there or the new, whole. */
export function writeDurably(folder: string, name: string, content: string, fsync: boolean): void {
  const path = join(folder, name)
  const fd = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeFileSync(fd, content)
    if (fsync) fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(`${path}.new`, path)
  if (fsync) syncFolder(folder)
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

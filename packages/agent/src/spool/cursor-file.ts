import { closeSync, constants, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ID_BYTES } from './record-form.ts'
import { readOrZeros } from './segment-scan.ts'

const SLOT_BYTES = 32
/** For reading and writing; the file is made when there is none, and never emptied. */
const FLAGS = constants.O_RDWR | constants.O_CREAT
const PREFIX = 'cursor-'
const LONGEST_NAME = 120

/**
 * How far a destination has got: two slots, written in turn, each of a checksum, how often it was written, the next sequence and
 * the id of the spool. A process that is killed leaves at least one of them whole. It is not synced each time: after a
 * loss of power some records are sent again, and are known by their keys.
 */
export class CursorFile {
  readonly #fd: number
  readonly #slot = Buffer.alloc(SLOT_BYTES)
  #writes: number
  /** The sequence as it was found; undefined when there was none that can be verified. */
  readonly found: number | undefined
  #dirty = false

  /** Throws when the file can be neither opened nor made. */
  constructor(folder: string, destination: string, id: Buffer) {
    this.#fd = openSync(join(folder, cursorName(destination)), FLAGS, 0o600)
    const bytes = Buffer.alloc(2 * SLOT_BYTES)
    readOrZeros(this.#fd, bytes, 0)
    let writes = 0
    for (const slot of [bytes.subarray(0, SLOT_BYTES), bytes.subarray(SLOT_BYTES)]) {
      if (slot.readUInt32LE(0) !== crc32(slot.subarray(4)) || slot.compare(id, 0, ID_BYTES, 24) !== 0) continue
      const own = slot.readDoubleLE(8)
      if (own <= writes) continue
      writes = own
      this.found = slot.readDoubleLE(16)
    }
    this.#writes = writes
    id.copy(this.#slot, 24)
  }

  /** Keeps the sequence of the first record that is not done. Throws as the disk does. */
  write(next: number): void {
    this.#writes++
    this.#slot.writeDoubleLE(this.#writes, 8)
    this.#slot.writeDoubleLE(next, 16)
    this.#slot.writeUInt32LE(crc32(this.#slot.subarray(4)), 0)
    writeSync(this.#fd, this.#slot, 0, SLOT_BYTES, (this.#writes % 2) * SLOT_BYTES)
    this.#dirty = true
  }

  sync(): void {
    if (this.#dirty) fdatasyncSync(this.#fd)
    this.#dirty = false
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Name of the file of a destination's cursor. */
export function cursorName(destination: string): string {
  const name = encodeURIComponent(destination)
  // Names of files have an end; what is cut off is told apart by a checksum.
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}~${crc32(destination).toString(16)}` : name
  return `${PREFIX}${short}`
}

export function isCursorName(name: string): boolean {
  return name.startsWith(PREFIX)
}

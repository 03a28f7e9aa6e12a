import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK = 512
/** What the fields of ustar hold: 7 and 11 octal digits. */
const MAX_7 = 0o7777777
const MAX_11 = 0o77777777777

export interface TarEntry {
  readonly name: string
  readonly type: 'file' | 'folder' | 'link'
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly modifiedMs: number
  readonly target?: string
}

/**
 * The header of an entry (POSIX.1-2001: ustar, with a pax header before it for names that are long or not ASCII, and for
 * numbers that do not fit).
 */
export function tarHeader(entry: TarEntry): Buffer {
  const name = entry.type === 'folder' ? `${entry.name}/` : entry.name
  const pax = new Map<string, string>()
  const split = splitName(name)
  if (split === undefined) pax.set('path', name)
  if (entry.target !== undefined && !isPlain(entry.target, 100)) pax.set('linkpath', entry.target)
  if (entry.size > MAX_11) pax.set('size', String(entry.size))
  if (entry.uid > MAX_7) pax.set('uid', String(entry.uid))
  if (entry.gid > MAX_7) pax.set('gid', String(entry.gid))
  const [prefix, last] = split ?? ['', 'long-name']
  const own = block(entry, prefix, last, { file: '0', folder: '5', link: '2' }[entry.type])
  if (pax.size === 0) return own
  const records = Buffer.concat([...pax].map(([key, value]) => paxRecord(key, value)))
  const described = { ...entry, size: records.length, mode: 0o644, target: '' }
  return Buffer.concat([block(described, '', 'pax-header', 'x'), padded(records), own])
}

function block(entry: TarEntry, prefix: string, name: string, type: string): Buffer {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number, at: number) =>
    header.write(value.toString(8).padStart(digits, '0'), at, digits, 'latin1')
  header.write(name, 0, 100, 'latin1')
  octal(entry.mode & 0o7777, 7, 100)
  octal(Math.min(entry.uid, MAX_7), 7, 108)
  octal(Math.min(entry.gid, MAX_7), 7, 116)
  octal(Math.min(entry.size, MAX_11), 11, 124)
  octal(Math.max(0, Math.floor(entry.modifiedMs / 1000)), 11, 136)
  header.write(' '.repeat(8), 148, 'latin1')
  header.write(type, 156, 'latin1')
  if (entry.target !== undefined && isPlain(entry.target, 100)) header.write(entry.target, 157, 100, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.write(prefix, 345, 155, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

/** `LENGTH KEY=VALUE` and an end of line; the length is that of the whole record, with its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  if (rest + String(length).length > length) length = rest + String(length).length
  return Buffer.from(`${length} ${key}=${value}\n`)
}

/** Prefix and name as ustar has them; undefined when they do not fit. */
function splitName(name: string): readonly [prefix: string, name: string] | undefined {
  if (isPlain(name, 100)) return ['', name]
  for (let slash = name.indexOf('/'); slash > 0 && slash <= 155; slash = name.indexOf('/', slash + 1)) {
    const rest = name.slice(slash + 1)
    if (rest !== '' && isPlain(rest, 100) && isPlain(name.slice(0, slash), 155)) return [name.slice(0, slash), rest]
  }
  return undefined
}

function isPlain(text: string, most: number): boolean {
  return text.length <= most && /^[\x20-\x7e]*$/.test(text)
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)])
}

/**
 * A folder as the bytes of an archive, under the folder's own name. Files that grow meanwhile are in it as long as they
 * were; those that vanish are left out, those that shrink are filled with zeros, as GNU tar does.
 *
 * @param name what the folder is called in the archive
 * @param skip paths that are left out, with everything below
 * @param fault tells what could not be read whole
 */
export async function* tarOf(
  folder: string,
  name: string,
  skip: (path: string) => boolean,
  fault: (path: string, error: Error) => void,
): AsyncGenerator<Buffer> {
  yield* tree(folder, name, skip, fault)
  yield Buffer.alloc(2 * BLOCK)
}

async function* tree(
  path: string,
  name: string,
  skip: (path: string) => boolean,
  fault: (path: string, error: Error) => void,
): AsyncGenerator<Buffer> {
  let names: string[] = []
  let size = 0
  try {
    const stat = await lstat(path)
    const { mode, uid, gid, mtimeMs: modifiedMs } = stat
    const entry = { name, size: 0, mode, uid, gid, modifiedMs }
    if (stat.isDirectory()) {
      names = (await readdir(path)).sort()
      yield tarHeader({ ...entry, type: 'folder' })
    } else if (stat.isSymbolicLink()) {
      yield tarHeader({ ...entry, type: 'link', target: await readlink(path) })
    } else if (stat.isFile()) {
      size = stat.size
      yield* fileContent(path, tarHeader({ ...entry, type: 'file', size }), size, fault)
    }
  } catch (error) {
    fault(path, error as Error)
    return
  }
  for (const below of names) {
    const next = join(path, below)
    if (!skip(next)) yield* tree(next, `${name}/${below}`, skip, fault)
  }
}

async function* fileContent(
  path: string,
  header: Buffer,
  size: number,
  fault: (path: string, error: Error) => void,
): AsyncGenerator<Buffer> {
  let begun = false
  let left = size
  try {
    if (size > 0) {
      for await (const chunk of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
        if (!begun) yield header
        begun = true
        left -= chunk.length
        yield chunk
      }
    }
    if (left > 0) fault(path, new Error(`became shorter while it was read; the last ${left} bytes are zeros`))
  } catch (error) {
    fault(path, error as Error)
    // Not even begun: it is left out. Else the archive has promised so many bytes.
    if (!begun) return
  }
  if (!begun) yield header
  const zeros = Buffer.alloc(64 * 1024)
  for (; left > 0; left -= Math.min(left, zeros.length)) yield zeros.subarray(0, Math.min(left, zeros.length))
  const rest = size % BLOCK
  if (rest > 0) yield Buffer.alloc(BLOCK - rest)
}

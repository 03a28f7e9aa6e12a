import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tarHeader, tarOf } from './tar.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-tar-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function archive(path: string, name = 'logs', faults: string[] = []): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of tarOf(
    path,
    name,
    () => false,
    (at, { message }) => faults.push(`${at}: ${message}`),
  )) {
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Everything below a folder, to be compared. */
function contents(path: string, name = ''): string[] {
  const stat = lstatSync(path)
  const time = Math.floor(stat.mtimeMs / 1000)
  const head = `${name} ${(stat.mode & 0o7777).toString(8)}`
  if (stat.isSymbolicLink()) return [`${name} -> ${readlinkSync(path)}`]
  if (stat.isFile()) return [`${head} ${time} ${readFileSync(path).toString('base64')}`]
  const below = readdirSync(path).sort()
  return [head, ...below.flatMap((one) => contents(join(path, one), `${name}/${one}`))]
}

test("what Debian's tar unpacks is what was packed: long and foreign names, empty files, links, rights, times", async () => {
  const from = join(folder, 'from')
  const put = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(join(from, path)), { recursive: true })
    writeFileSync(join(from, path), content, { mode })
    utimesSync(join(from, path), 1_700_000_000, 1_766_232_000)
  }
  put('training/a.log', 'one\n', 0o600)
  put('empty', '')
  put('block', randomBytes(512))
  put('big.bin', randomBytes(300_001))
  put('학습/오늘 로그.log', '안녕\n')
  put('line\nend.log', 'x')
  put(`${'d'.repeat(90)}/${'e'.repeat(90)}/f.log`, 'fits ustar')
  put(`${'g'.repeat(200)}/${'h'.repeat(250)}.log`, 'needs pax')
  // Lengths around those where the length of a pax record gets a digit more.
  for (const length of [84, 85, 86, 87, 88, 89, 90]) put(`é${'n'.repeat(length)}`, 'pax')
  mkdirSync(join(from, 'empty folder'))
  symlinkSync('training/a.log', join(from, 'current.log'))
  symlinkSync(`/nowhere/${'t'.repeat(150)}`, join(from, 'far'))
  writeFileSync(join(folder, 'x.tar'), await archive(from))
  mkdirSync(join(folder, 'to'))
  execFileSync('tar', ['-xpf', join(folder, 'x.tar'), '-C', join(folder, 'to')])
  expect(contents(join(folder, 'to/logs'))).toEqual(contents(from))
})

test('sizes and owners that ustar cannot hold are told by pax', () => {
  const entry = { name: 'huge', type: 'file', mode: 0o644, modifiedMs: 0 } as const
  const header = tarHeader({ ...entry, size: 9 * 2 ** 30, uid: 3_000_000, gid: 65_534 })
  // The content is not there: tar says so, after it has listed what should be.
  const listed = spawnSync('tar', ['--numeric-owner', '-tvf', '-'], { input: header }).stdout.toString()
  expect(listed).toMatch(/3000000\/65534\s+9663676416 /)
})

test('a file that shrinks while it is read is filled up, one that is gone left out, and the rest is whole', async () => {
  const from = join(folder, 'from')
  mkdirSync(from)
  writeFileSync(join(from, 'a.log'), 'a'.repeat(1000))
  writeFileSync(join(from, 'b.log'), 'b'.repeat(1_000_000))
  writeFileSync(join(from, 'c.log'), 'c')
  writeFileSync(join(from, 'd.log'), 'd')
  const faults: string[] = []
  const parts: Buffer[] = []
  for await (const part of tarOf(
    from,
    'logs',
    () => false,
    (path, { message }) => faults.push(`${path}: ${message}`),
  )) {
    parts.push(part)
    if (part.includes('bbbb') && faults.length === 0) {
      truncateSync(join(from, 'b.log'), 10)
      rmSync(join(from, 'c.log'), { force: true })
    }
  }
  writeFileSync(join(folder, 'x.tar'), Buffer.concat(parts))
  execFileSync('tar', ['-xf', join(folder, 'x.tar'), '-C', folder])
  const unpacked = join(folder, 'logs')
  expect(readdirSync(unpacked)).toEqual(['a.log', 'b.log', 'd.log'])
  expect(readFileSync(join(unpacked, 'b.log'))).toHaveLength(1_000_000)
  expect(readFileSync(join(unpacked, 'd.log'), 'utf8')).toBe('d')
  expect(faults.map((fault) => fault.replace(from, ''))).toEqual([
    expect.stringMatching(/^\/b\.log: became shorter/),
    expect.stringMatching(/^\/c\.log: ENOENT/),
  ])
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lockDirectory } from './lock.ts'
import { buildChildScript, type ChildScript } from './testing/child-script.ts'

let child: ChildScript
let base: string
const children: ChildProcess[] = []

beforeAll(async () => {
  child = await buildChildScript(new URL('./testing/lock-child.ts', import.meta.url))
})
afterAll(() => child.remove())
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'girok-lock-'))
})
afterEach(() => {
  for (const running of children.splice(0)) running.kill('SIGKILL')
  rmSync(base, { recursive: true, force: true })
})

/** Starts a process that locks `directory`; resolves to it and to what it said. */
async function lockInChild(directory: string): Promise<{ process: ChildProcess; said: string }> {
  const running = spawn(process.execPath, [child.path, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(running)
  const [line] = (await once(running.stdout, 'data')) as [Buffer]
  return { process: running, said: line.toString().trim() }
}

describe('the lock of a data directory', () => {
  it('holds the pid and nothing else, privately, until it is released', async () => {
    const directory = join(base, 'deep/data')
    const lock = await lockDirectory(directory)
    expect(readFileSync(join(directory, 'girok.lock'), 'utf8')).toBe(String(process.pid))
    expect(statSync(join(directory, 'girok.lock')).mode & 0o777).toBe(0o600)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(readdirSync(directory)).toEqual(['girok.lock'])
    lock.release()
    lock.release()
    expect(readdirSync(directory)).toEqual([])
  })

  it('makes an empty or known directory private, and leaves the mode of one with other files', async () => {
    chmodSync(base, 0o755)
    ;(await lockDirectory(base)).release()
    expect(statSync(base).mode & 0o777).toBe(0o700)
    chmodSync(base, 0o755)
    writeFileSync(join(base, 'letters.txt'), '')
    ;(await lockDirectory(base)).release()
    expect(statSync(base).mode & 0o777).toBe(0o755)
    mkdirSync(join(base, 'store'))
    ;(await lockDirectory(base)).release()
    expect(statSync(base).mode & 0o777).toBe(0o700)
  })

  it('refuses a second process, naming the pid of the first', async () => {
    const first = await lockInChild(base)
    expect(first.said).toBe(`locked ${first.process.pid}`)
    await expect(lockDirectory(base)).rejects.toThrow(`in use by another Girok (pid ${first.process.pid})`)
    expect(readFileSync(join(base, 'girok.lock'), 'utf8')).toBe(String(first.process.pid))
    expect(readdirSync(base)).toEqual(['girok.lock'])
  })

  it('refuses a second store in the same process', async () => {
    const lock = await lockDirectory(base)
    await expect(lockDirectory(`${base}/.`)).rejects.toThrow(`pid ${process.pid}`)
    lock.release()
    ;(await lockDirectory(base)).release()
  })

  it('is not blocked by a process that was killed', async () => {
    const first = await lockInChild(base)
    first.process.kill('SIGKILL')
    await once(first.process, 'exit')
    expect(existsSync(join(base, 'girok.lock'))).toBe(true)
    const lock = await lockDirectory(base)
    expect(readFileSync(join(base, 'girok.lock'), 'utf8')).toBe(String(process.pid))
    lock.release()
  })

  it('is not blocked by a living process that has the pid of a dead one', async () => {
    const other = await lockInChild(join(base, 'elsewhere'))
    const directory = join(base, 'data')
    mkdirSync(directory)
    writeFileSync(join(directory, 'girok.lock'), String(other.process.pid))
    ;(await lockDirectory(directory)).release()
  })

  it('is not blocked by its own pid from an earlier life, nor by rubbish', async () => {
    for (const text of [String(process.pid), '', 'rubbish', '-1', '0x10']) {
      writeFileSync(join(base, 'girok.lock'), text)
      ;(await lockDirectory(base)).release()
    }
  })

  it('is got by exactly one of many that start at once, over a stale lock as well', async () => {
    for (const stale of [false, true]) {
      const directory = join(base, `stale-${stale}`)
      mkdirSync(directory)
      // No process has a pid as high as this: the limit of Linux is 2^22.
      if (stale) writeFileSync(join(directory, 'girok.lock'), '99999999')
      const all = await Promise.all(Array.from({ length: 6 }, () => lockInChild(directory)))
      const locked = all.filter(({ said }) => said.startsWith('locked'))
      expect(locked.length).toBe(1)
      const refused = all.filter(({ said }) => said.startsWith('refused'))
      expect(refused.length).toBe(5)
      for (const { said } of refused) expect(said).toContain(`pid ${locked[0]?.process.pid}`)
      expect(readdirSync(directory)).toEqual(['girok.lock'])
    }
  })

  it('goes on after a takeover that was interrupted', async () => {
    writeFileSync(join(base, 'girok.lock'), '99999999')
    writeFileSync(join(base, 'girok.lock.takeover'), '')
    const before = new Date(Date.now() - 60_000)
    utimesSync(join(base, 'girok.lock.takeover'), before, before)
    ;(await lockDirectory(base)).release()
    expect(readdirSync(base)).toEqual([])
  })

  it('says that a directory cannot be written', async () => {
    writeFileSync(join(base, 'file'), '')
    await expect(lockDirectory(join(base, 'file'))).rejects.toThrow(/data directory .*file cannot be written: .*--data/)
    await expect(lockDirectory(join(base, 'file/below'))).rejects.toThrow(/cannot be written/)
  })
})

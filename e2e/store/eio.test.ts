import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildChildScript, type ChildScript } from '../../packages/server/src/store/testing/child-script.ts'
import { startStore } from './child.ts'

/** Lets fsync and fdatasync fail with EIO while the file of GIROK_TEST_EIO exists. */
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int fails(void) { const char *path = getenv("GIROK_TEST_EIO"); return path && access(path, F_OK) == 0; }
int fsync(int fd) {
  if (fails()) { errno = EIO; return -1; }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
int fdatasync(int fd) {
  if (fails()) { errno = EIO; return -1; }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
`

const work = mkdtempSync(join(tmpdir(), 'girok-eio-'))
const shim = join(work, 'eio.so')

function tryCompile(): boolean {
  if (process.platform !== 'linux') return false
  try {
    writeFileSync(join(work, 'eio.c'), SHIM)
    execFileSync('cc', ['-shared', '-fPIC', '-o', shim, join(work, 'eio.c'), '-ldl'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.runIf(tryCompile())('a disk that fails to keep what it was given', () => {
  let script: ChildScript
  beforeAll(async () => {
    script = await buildChildScript(new URL('./store-child.ts', import.meta.url))
  })
  afterAll(() => script.remove())

  it('is never answered by an acknowledgement', async () => {
    const flag = join(work, 'fail')
    const dataDir = join(work, 'data')
    const store = await startStore(script.path, [dataDir], { LD_PRELOAD: shim, GIROK_TEST_EIO: flag })
    expect(await store.ask('write before 100')).toEqual({ stored: 'before' })

    writeFileSync(flag, '')
    for (const name of ['a', 'b', 'c']) {
      const answer = await store.ask(`write ${name} 100`)
      expect(answer).toMatchObject({ error: 'store_failed', status: 500 })
    }
    expect(await store.ask('health')).toMatchObject({ state: 'failed' })

    rmSync(flag)
    expect(existsSync(flag)).toBe(false)
    expect(await store.ask('write after 100')).toEqual({ stored: 'after' })
    expect(await store.ask('health')).toEqual({ state: 'ready' })
    await store.close()

    const again = await startStore(script.path, [dataDir])
    expect(await again.ask('count')).toEqual({ after: '100', before: '100' })
    await again.close()
  })
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

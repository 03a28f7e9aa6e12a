import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildChildScript, type ChildScript } from '../../packages/server/src/store/testing/child-script.ts'
import { startStore } from './child.ts'

const MIB = 2 ** 20

/** Mounting needs root on Linux, and a container may forbid it even then. */
function tryMount(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${64 * MIB}`, 'girok-test', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const mountPoint = mkdtempSync(join(tmpdir(), 'girok-full-'))
const isMounted = tryMount(mountPoint)

describe.runIf(isMounted)('a full disk', () => {
  let script: ChildScript
  beforeAll(async () => {
    script = await buildChildScript(new URL('./store-child.ts', import.meta.url))
  })
  afterAll(() => script.remove())

  for (const headroom of [16 * MIB, 0]) {
    it(`refuses writes with disk_full and takes them again by itself (headroom ${headroom})`, async () => {
      const dataDir = join(mountPoint, `data-${headroom}`)
      const store = await startStore(script.path, [dataDir, String(headroom)])
      const acknowledged: string[] = []
      let refusal: Record<string, unknown> | undefined
      for (let n = 0; n < 100 && refusal === undefined; n++) {
        const answer = await store.ask(`write w${n} 1000 2000`)
        if (answer.stored === undefined) refusal = answer
        else acknowledged.push(`w${n}`)
      }
      expect(refusal).toMatchObject({ error: 'disk_full', status: 507 })
      expect(acknowledged.length).toBeGreaterThan(3)
      expect(await store.ask('health')).toMatchObject({ state: 'disk_full' })

      const counts = await store.ask('count')
      for (const name of acknowledged) expect(counts[name]).toBe('1000')
      // With headroom the engine can still clean up, which is what retention does.
      if (headroom > 0) expect(await store.ask('drop')).toEqual({ dropped: true })
      else execFileSync('mount', ['-o', `remount,size=${128 * MIB}`, mountPoint])

      let accepted: Record<string, unknown> = {}
      const untilMs = Date.now() + 20_000
      while (accepted.stored === undefined && Date.now() < untilMs) accepted = await store.ask('write after 10 100')
      expect(accepted).toEqual({ stored: 'after' })
      expect(await store.ask('health')).toEqual({ state: 'ready' })
      await store.close()

      const again = await startStore(script.path, [dataDir, String(headroom)])
      expect((await again.ask('count')).after).toBe('10')
      await again.close()
      rmSync(dataDir, { recursive: true, force: true })
    })
  }
})

afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', mountPoint])
  rmSync(mountPoint, { recursive: true, force: true })
})

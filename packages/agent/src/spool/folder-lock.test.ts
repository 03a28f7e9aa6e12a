import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { lockFolder } from './folder-lock.ts'
import { temporaryFolder } from './testing/records.ts'

it('is had by one of many that come at once, and then by the next', async () => {
  using folder = temporaryFolder()
  for (let round = 0; round < 5; round++) {
    const tried = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder.path)))
    const had = tried.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
    expect(had).toHaveLength(1)
    const [other] = tried
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => (reason as Error).message)
    expect(other).toContain('is in use by this process itself')
    expect(readdirSync(folder.path)).toHaveLength(1)
    await had[0]?.release()
    expect(readdirSync(folder.path)).toEqual([])
  }
})

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'vite'
import { expect, it } from 'vitest'
import { randomOf } from '../model/testing/random.ts'
import { openSpool } from './open.ts'
import { drain, range, temporaryFolder } from './testing/records.ts'

/** Runs the program until it has written so many bytes of what it did, then kills it; gives the lines. */
function runAndKill(program: string, folder: string, seed: number, bytes: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, `${seed}`], { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    let faults = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.length > bytes) child.kill('SIGKILL')
    })
    child.stderr.on('data', (chunk) => {
      faults += chunk
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL' && faults === '') resolve(text.split('\n').slice(0, -1))
      else reject(new Error(`the program ended by itself: ${faults}`))
    })
  })
}

async function builtProgram(outDir: string): Promise<string> {
  const name = 'writer-program'
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['girok-source'] },
    build: {
      ssr: join(import.meta.dirname, 'testing', `${name}.ts`),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  return join(outDir, `${name}.mjs`)
}

it('names the process that has the folder, and takes it over at once when that was killed', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'spool')
  const program = await builtProgram(folder.path)
  const child = spawn(process.execPath, [program, path, '1'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((ready) => child.stdout.once('data', ready))
  const options = { folder: path, destinations: ['a'] }
  await expect(openSpool(options)).rejects.toThrow(`is in use by process ${child.pid} (${process.execPath} ${program}`)
  // A process that is stopped does not answer, and has the folder all the same.
  child.kill('SIGSTOP')
  await expect(openSpool(options)).rejects.toThrow('is in use by another process')
  child.kill('SIGKILL')
  await new Promise((ended) => child.once('close', ended))
  const spools = await Promise.allSettled([openSpool(options), openSpool(options), openSpool(options)])
  const open = spools.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  expect(open).toHaveLength(1)
  await open[0]?.close()
})

it('loses and doubles nothing when its process is killed at any moment', { timeout: 60_000 }, async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'spool')
  const program = await builtProgram(folder.path)
  const seed = Date.now() % 1_000_000
  const random = randomOf(seed)
  let appended = 0
  const keys = new Map<string, string>()
  const given: Record<string, number[]> = { a: [], b: [] }
  for (let round = 0; round < 20; round++) {
    const lines = await runAndKill(program, path, seed + round, 10 + random(6000))
    const [ready, ...steps] = lines
    const kept = Number(ready?.slice('ready '.length))
    // The last append may have ended without having been told.
    expect([appended, appended + 1], `seed ${seed}, round ${round}`).toContain(kept)
    appended = kept
    for (const step of steps) {
      if (step[0] === '+') {
        appended++
        expect(step, `seed ${seed}`).toBe(`+${appended}`)
        continue
      }
      const [number, key] = step.slice(1).split(' ') as [string, string]
      // Given again under the same key only.
      expect(keys.get(number) ?? key, `seed ${seed}`).toBe(key)
      keys.set(number, key)
      given[step[0] as string]?.push(Number(number))
    }
  }
  const spool = await openSpool({ folder: path, destinations: ['a', 'b'] })
  const last = Number(spool.kept[0]?.place)
  for (const name of ['a', 'b']) {
    const own = given[name] as number[]
    const rest = await drain(spool.reader(name))
    expect([...new Set([...own, ...rest])], `seed ${seed}`).toEqual(range(1, last))
    // In order, and at most the one that was being done when the process was killed comes again.
    const again = own.filter((number, i) => i > 0 && number <= own[i - 1]!)
    expect(again.length, `seed ${seed}`).toBeLessThanOrEqual(20)
    for (const number of again) expect(own.filter((other) => other === number).length).toBeGreaterThan(1)
  }
  expect(spool.usage()).toMatchObject({ corrupt: { records: 0, count: 0 }, evicted: { full: 0, age: 0 } })
  await spool.close()
})

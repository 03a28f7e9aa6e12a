import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { parse } from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFakeS3 } from '../s3/testing/fake-s3.ts'
import { PART } from './atomic-file.ts'
import { compileRule, createHousekeeper, housekeepingRule, plan, planText, run, type Safe } from './index.ts'
import { backupName, isBackup } from './plan.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const SAFE: Safe = () => ({ ok: true })
const NEVER = new AbortController().signal

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-keep-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, ageMs: number, content = `${path}\n`.repeat(100)): string {
  const whole = join(folder, path)
  mkdirSync(dirname(whole), { recursive: true })
  writeFileSync(whole, content)
  utimesSync(whole, new Date(Date.now() - ageMs), new Date(Date.now() - ageMs))
  return whole
}

const ruleOf = (options: object) => compileRule(parse(housekeepingRule, options), folder)

async function runOnce(options: object, safe = SAFE) {
  const rule = ruleOf(options)
  const planned = await plan(rule, Date.now(), safe)
  return { planned, done: await run(rule, planned, safe, NEVER) }
}

function all(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !statSync(join(folder, path)).isDirectory())
    .sort()
}

describe('deleting', () => {
  test('takes what find -mtime +7 -delete takes', async () => {
    const ages = [0, HOUR, 6 * DAY, 7 * DAY, 7 * DAY + HOUR, 8 * DAY - HOUR, 8 * DAY + HOUR, 9 * DAY, 400 * DAY]
    for (const [i, age] of ages.entries()) put(`logs/${i % 2 === 0 ? 'a' : 'b/c'}/${i}.log`, age)
    put('logs/a/old.txt', 90 * DAY)
    const found = execFileSync('find', ['logs/', '-name', '*.log', '-mtime', '+7'], { cwd: folder }).toString()
    const { done } = await runOnce({ paths: ['logs/**/*.log'], deleteAfter: 7 })
    const gone = found.trim().split('\n').sort()
    expect(gone).toHaveLength(3)
    expect(done).toMatchObject({ deleted: 3, faults: [] })
    for (const path of gone) expect(existsSync(join(folder, path)), path).toBe(false)
    expect(all()).toHaveLength(ages.length + 1 - 3)
  })

  test('leaves what is excluded, what a link leads to, and what is no file', async () => {
    put('elsewhere/precious.log', 99 * DAY)
    put('logs/keep/audit.log', 99 * DAY)
    put('logs/a.log', 99 * DAY)
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'logs/linked'))
    symlinkSync(join(folder, 'elsewhere/precious.log'), join(folder, 'logs/precious.log'))
    execFileSync('mkfifo', [join(folder, 'logs/pipe.log')])
    mkdirSync(join(folder, 'logs/folder.log'))
    await runOnce({ paths: ['logs/**/*.log'], exclude: ['logs/keep/**'], deleteAfter: 7 })
    expect(existsSync(join(folder, 'logs/a.log'))).toBe(false)
    expect(all()).toEqual([
      'elsewhere/precious.log',
      'logs/keep/audit.log',
      'logs/linked/precious.log',
      'logs/pipe.log',
      'logs/precious.log',
    ])
  })

  test('leaves what another process has open to write, whatever name it has by now; reading does no harm', async () => {
    const [written, read] = [put('logs/written.log', 99 * DAY), put('logs/read.log', 99 * DAY)]
    linkSync(written, join(folder, 'logs/renamed.log'))
    const child = spawn('/bin/sh', ['-c', 'exec 7>>"$0" 8<"$1"; echo open; read wait', written, read])
    await once(child.stdout, 'data')
    utimesSync(written, new Date(0), new Date(0))
    const { planned, done } = await runOnce({ paths: ['logs/*.log'], deleteAfter: 7, compressAfter: 1 })
    expect(planned.kept.map(({ path, why }) => `${path.replace(folder, '')}: ${why}`)).toEqual([
      `/logs/renamed.log: is written by process ${child.pid}`,
      `/logs/written.log: is written by process ${child.pid}`,
    ])
    expect(done.deleted).toBe(1)
    child.stdin.end('\n')
    await once(child, 'exit')
    expect((await runOnce({ paths: ['logs/*.log'], deleteAfter: 7 })).done.deleted).toBe(2)
  })

  test('leaves what the agent has not delivered, and says so; asks again right before', async () => {
    const [a, b] = [put('logs/a.log', 99 * DAY), put('logs/b.log', 99 * DAY)]
    const first = await runOnce({ paths: ['logs/*.log'], deleteAfter: 7 }, (path) =>
      path === a ? { why: 'is not delivered yet' } : { ok: true },
    )
    expect(first.planned.kept).toEqual([{ path: a, why: 'is not delivered yet' }])
    expect([existsSync(a), existsSync(b)]).toEqual([true, false])
    let asked = 0
    await runOnce({ paths: ['logs/*.log'], deleteAfter: 7 }, () => (++asked === 1 ? { ok: true } : { why: 'grew' }))
    expect(existsSync(a)).toBe(true)
  })

  test('leaves what changed between plan and deed', async () => {
    const a = put('logs/a.log', 99 * DAY)
    const rule = ruleOf({ paths: ['logs/*.log'], deleteAfter: 7 })
    const planned = await plan(rule, Date.now(), SAFE)
    writeFileSync(a, 'back again')
    expect((await run(rule, planned, SAFE, NEVER)).deleted).toBe(0)
    expect(readFileSync(a, 'utf8')).toBe('back again')
  })
})

describe('compressing', () => {
  test('keeps bytes, time and rights, and what was compressed is deleted when its time comes', async () => {
    const path = put('logs/a.log', 3 * DAY)
    const [content, { mtimeMs, mode }] = [readFileSync(path), statSync(path)]
    put('logs/young.log', DAY)
    put('logs/packed.log.gz', 3 * DAY)
    const options = { paths: ['logs/*.log'], compressAfter: 2, deleteAfter: 5 }
    const { done } = await runOnce(options)
    expect(done).toMatchObject({ compressed: 1, deleted: 0, faults: [] })
    expect(all()).toEqual(['logs/a.log.gz', 'logs/packed.log.gz', 'logs/young.log'])
    const packed = statSync(`${path}.gz`)
    expect(gunzipSync(readFileSync(`${path}.gz`)).equals(content)).toBe(true)
    expect(packed.mode).toBe(mode)
    expect(Math.abs(packed.mtimeMs - mtimeMs)).toBeLessThan(2)
    expect(done.freedBytes).toBe(content.length - packed.size)
    const later = await plan(ruleOf(options), Date.now() + 4 * DAY, SAFE)
    expect(later.actions.map(({ kind }) => kind)).toEqual(['compress', 'delete', 'delete'])
  })

  test('goes on after a crash at any point, and never over what is not its own', async () => {
    const options = { paths: ['logs/*.log'], compressAfter: 2 }
    // Half written.
    const half = put('logs/half.log', 3 * DAY)
    writeFileSync(`${half}.gz${PART}`, 'rubbish')
    // Whole, and the original not yet removed.
    const whole = put('logs/whole.log', 3 * DAY)
    writeFileSync(`${whole}.gz`, gzipSync(readFileSync(whole)))
    utimesSync(`${whole}.gz`, statSync(whole).mtime, statSync(whole).mtime)
    // Somebody else's of the same time, and of another.
    const other = put('logs/other.log', 3 * DAY)
    writeFileSync(`${other}.gz`, gzipSync('something else'))
    utimesSync(`${other}.gz`, statSync(other).mtime, statSync(other).mtime)
    const older = put('logs/older.log', 3 * DAY)
    put('logs/older.log.gz', 4 * DAY)
    const { planned, done } = await runOnce(options)
    expect(all()).toEqual([
      'logs/half.log.gz',
      'logs/older.log',
      'logs/older.log.gz',
      'logs/other.log',
      'logs/other.log.gz',
      'logs/whole.log.gz',
    ])
    expect(planned.kept).toEqual([{ path: older, why: 'older.log.gz is there already, and another one' }])
    expect(done.faults).toEqual([expect.stringMatching(/other\.log\.gz is there already, with something else in it/)])
    expect(gunzipSync(readFileSync(`${half}.gz`)).toString()).toContain('logs/half.log')
  })

  test('stops by the signal and leaves no half archive', async () => {
    put('logs/big.log', 3 * DAY, 'x'.repeat(30_000_000))
    const rule = ruleOf({ paths: ['logs/*.log'], compressAfter: 2 })
    const planned = await plan(rule, Date.now(), SAFE)
    const over = new AbortController()
    const running = run(rule, planned, SAFE, over.signal)
    setTimeout(() => over.abort(), 20)
    await running
    const left = all()
    expect([['logs/big.log'], ['logs/big.log.gz']]).toContainEqual(left)
  })
})

describe('the daily backup', () => {
  test('is an archive of the folder that tar reads, made once a day and never of itself', async () => {
    const now = Date.now()
    put('logs/training/a.log', HOUR)
    put('logs/b.log', 0)
    put('logs/skip/c.log', 0)
    const options = { exclude: ['logs/skip'], dailyBackup: { folder: 'logs', into: 'logs' } }
    const name = backupName('logs_backup_%Y%m%d.tar.gz', new Date(now))
    expect(name).toMatch(/^logs_backup_\d{8}\.tar\.gz$/)
    put('logs/logs_backup_20200101.tar.gz', DAY)
    const { done } = await runOnce(options)
    expect(done).toMatchObject({ backups: 1, faults: [] })
    const listed = execFileSync('tar', ['-tzf', join(folder, 'logs', name)])
      .toString()
      .trim()
      .split('\n')
    expect(listed.sort()).toEqual(['logs/', 'logs/b.log', 'logs/training/', 'logs/training/a.log'])
    expect((await runOnce(options)).done.backups).toBe(0)
    expect(all().filter((path) => path.endsWith(PART))).toEqual([])
  })

  test('is uploaded, also those of nights without network, and none twice', async () => {
    const s3 = await startFakeS3()
    try {
      writeFileSync(join(folder, 'id'), 'AKID')
      writeFileSync(join(folder, 'secret'), 'a/secret+key')
      put('logs/a.log', 0)
      put('logs_backup_20200101.tar.gz', 9 * DAY, 'yesterday')
      const keys = { accessKeyIdFile: join(folder, 'id'), secretAccessKeyFile: join(folder, 'secret') }
      const upload = { endpoint: s3.url, bucket: 'my-bucket', prefix: 'logs/', tries: 1, ...keys }
      const options = { dailyBackup: { folder: 'logs', upload } }
      s3.disturb = (request) => {
        request.socket.destroy()
        return true
      }
      const offline = await runOnce(options)
      expect(offline.done).toMatchObject({ backups: 1, uploads: 0 })
      expect(offline.done.faults).toHaveLength(2)
      s3.disturb = undefined
      expect((await runOnce(options)).done).toMatchObject({ backups: 0, uploads: 2, faults: [] })
      expect((await runOnce(options)).done.uploads).toBe(0)
      expect(s3.objects.get('/my-bucket/logs/logs_backup_20200101.tar.gz')?.toString()).toBe('yesterday')
      const today = backupName('logs_backup_%Y%m%d.tar.gz', new Date())
      expect(s3.objects.get(`/my-bucket/logs/${today}`)?.equals(readFileSync(join(folder, today)))).toBe(true)
    } finally {
      await s3.close()
    }
  })

  test('of a folder that is not there is a fault in words', async () => {
    const { done } = await runOnce({ dailyBackup: { folder: 'nowhere' } })
    expect(done).toMatchObject({ backups: 0, faults: [expect.stringMatching(/^backup .*ENOENT/)] })
  })

  test('names are those of the local day, and told from others', () => {
    expect(backupName('x_%Y-%m-%d_%H%M.tar.gz', new Date(2025, 0, 2, 3, 4))).toBe('x_2025-01-02_0304.tar.gz')
    expect(isBackup('x_%Y%m%d.tar.gz', 'x_20250102.tar.gz')).toBe(true)
    expect(isBackup('x_%Y%m%d.tar.gz', 'x_20250102xtar.gz')).toBe(false)
    expect(isBackup('x_%Y%m%d.tar.gz', 'y_20250102.tar.gz')).toBe(false)
  })
})

test('a dry run tells everything and changes nothing', async () => {
  put('logs/old.log', 99 * DAY)
  put('logs/mid.log', 3 * DAY)
  const rule = ruleOf({
    paths: ['logs/*.log'],
    compressAfter: 2,
    deleteAfter: 7,
    dailyBackup: { folder: 'logs' },
    dryRun: true,
  })
  const said: string[] = []
  const keeper = createHousekeeper({ rules: [rule], safe: SAFE, log: (_level, message) => said.push(message) })
  await keeper.runNow()
  await keeper.stop()
  const today = backupName('logs_backup_%Y%m%d.tar.gz', new Date())
  expect(said.map((line) => line.replaceAll(folder, ''))).toEqual([
    `housekeeping would: backup   /logs into /${today}`,
    'housekeeping would: compress /logs/mid.log (1300 bytes)',
    'housekeeping would: delete   /logs/old.log (1300 bytes, 99 days old)',
  ])
  expect(planText(await plan(rule, Date.now(), () => ({ why: 'no' }))).replaceAll(folder, '')).toContain(
    'keep     /logs/old.log: no\n',
  )
  expect(all()).toEqual(['logs/mid.log', 'logs/old.log'])
})

test.for([
  [{}, /does nothing/],
  [{ paths: ['/x/*.log'] }, /give compressAfter or deleteAfter/],
  [{ deleteAfter: 7 }, /need paths/],
  [{ dailyBackup: { folder: '/' } }, /whole machine/],
  [{ paths: ['/x'], deleteAfter: '7d' }, /number of days/],
  [{ dailyBackup: { folder: 'x', name: 'fixed.tar.gz' } }, /%d/],
  [{ dailyBackup: { folder: 'x' }, at: '25:00' }, /time of the day/],
  [{ path: ['/x'] }, /path/],
] as const)('the rule %j is refused', ([options, words]) => {
  expect(() => ruleOf(options)).toThrow(words)
})

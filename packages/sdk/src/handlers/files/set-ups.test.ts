import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { textFormatter } from '../../formatters/text.ts'
import { createHierarchy, type Hierarchy } from '../../hierarchy.ts'
import { consoleHandler } from '../console.ts'
import { dailyFileHandler } from './daily.ts'
import { fileHandler } from './file.ts'
import { rotatingFileHandler } from './rotating.ts'
import { timedRotatingFileHandler } from './timed.ts'
import { timestampedPath } from './timestamped-path.ts'

const zone = process.env.TZ
let logs = ''
let nowMs = 0
let hierarchy: Hierarchy

beforeEach(() => {
  process.env.TZ = 'Asia/Seoul'
  logs = join(mkdtempSync(join(tmpdir(), 'girok-set-ups-')), 'logs')
  nowMs = new Date('2024-12-28T01:00:00Z').getTime()
  hierarchy = createHierarchy({ now: () => nowMs })
})
afterEach(async () => {
  await hierarchy.close()
  vi.restoreAllMocks()
  rmSync(join(logs, '..'), { recursive: true, force: true })
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const DAY_MS = 86_400_000
const files = () => readdirSync(logs).sort()
const messages = (name: string) =>
  readFileSync(join(logs, name), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (line.startsWith('{') ? (JSON.parse(line) as { message: string }).message : line))

test('an ad system: console from INFO, everything in a file for 30 days, errors in a file of their own', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const formatter = textFormatter('%(asctime)s - %(name)s - %(levelname)s - %(message)s')
  const log = hierarchy.getLogger('ad_system').setLevel('DEBUG')
  log.addHandler(consoleHandler({ level: 'INFO', formatter }))
  const path = join(logs, 'ad_system.log')
  log.addHandler(timedRotatingFileHandler({ path, when: 'midnight', interval: 1, backupCount: 30, formatter }))
  log.addHandler(fileHandler({ path: join(logs, 'ad_system_errors.log'), level: 'ERROR', formatter }))
  log.debug('campaign query')
  log.info('campaign created')
  log.warning('일일 예산의 80% 소진', { campaign_id: 'c1', spent: 80000 })
  log.error('bid failed')
  log.critical('database connection lost')
  const first = messages('ad_system.log')
  for (let day = 1; day <= 32; day++) {
    nowMs += DAY_MS
    log.info(`day ${day}`)
  }
  await hierarchy.flush()

  expect(first).toEqual([
    '2024-12-28 10:00:00,000 - ad_system - DEBUG - campaign query',
    '2024-12-28 10:00:00,000 - ad_system - INFO - campaign created',
    '2024-12-28 10:00:00,000 - ad_system - WARNING - 일일 예산의 80% 소진 campaign_id=c1 spent=80000',
    '2024-12-28 10:00:00,000 - ad_system - ERROR - bid failed',
    '2024-12-28 10:00:00,000 - ad_system - CRITICAL - database connection lost',
  ])
  expect(messages('ad_system_errors.log').map((line) => line.split(' - ')[2])).toEqual(['ERROR', 'CRITICAL'])
  expect(stderr.mock.calls.length).toBe(4 + 32)
  const rotated = files().filter((name) => name.startsWith('ad_system.log.'))
  expect([rotated.length, rotated[0], rotated.at(-1)]).toEqual([
    30,
    'ad_system.log.2024-12-30',
    'ad_system.log.2025-01-28',
  ])
  expect(messages('ad_system.log')).toEqual(['2025-01-29 10:00:00,000 - ad_system - INFO - day 32'])
})

test('a file a day, a file of errors a day, and one that is rotated by size', async () => {
  const { root } = hierarchy
  root.setLevel('INFO')
  root.addHandler(dailyFileHandler({ directory: logs, name: 'hapa' }))
  root.addHandler(dailyFileHandler({ directory: logs, name: 'error', level: 'ERROR' }))
  root.addHandler(rotatingFileHandler({ path: join(logs, 'hapa.log'), maxBytes: 10 * 1024 * 1024, backupCount: 5 }))
  root.info('saturday')
  root.error('saturday, failed')
  nowMs += DAY_MS
  root.info('sunday')
  await hierarchy.flush()
  // No error on sunday, no file.
  expect(files()).toEqual(['error_20241228.log', 'hapa.log', 'hapa_20241228.log', 'hapa_20241229.log'])
  expect(messages('hapa_20241228.log')).toEqual(['saturday', 'saturday, failed'])
  expect(messages('error_20241228.log')).toEqual(['saturday, failed'])
  expect(messages('hapa_20241229.log')).toEqual(['sunday'])
  expect(messages('hapa.log').length).toBe(3)

  const large = 'x'.repeat(1024 * 1024)
  for (let number = 0; number < 70; number++) root.info(large)
  await hierarchy.flush()
  const bySize = files().filter((name) => name.startsWith('hapa.log'))
  expect(bySize).toEqual(['hapa.log', 'hapa.log.1', 'hapa.log.2', 'hapa.log.3', 'hapa.log.4', 'hapa.log.5'])
  // Nine records of somewhat more than a mebibyte fit into ten.
  for (const name of bySize.slice(1)) expect(messages(name).length).toBe(9)
})

test('one file for each training run, named by when it began', async () => {
  nowMs = new Date('2025-12-20T03:00:00Z').getTime()
  const path = timestampedPath({ directory: join(logs, 'training'), name: 'llama3_qlora', now: () => nowMs })
  hierarchy.root.setLevel('INFO').addHandler(fileHandler({ path }))
  hierarchy.root.info('training_step', { epoch: 1, step: 100, loss: 0.234 })
  await hierarchy.flush()
  const text = readFileSync(join(logs, 'training', 'llama3_qlora_20251220_120000.log'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ message: 'training_step', epoch: 1, step: 100, loss: 0.234 })
})

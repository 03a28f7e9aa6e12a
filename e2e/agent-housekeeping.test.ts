/** Housekeeping of log folders: looked at first, done when asked, and never to what is not shipped or still written to. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { agentCommand, startAgent, type TestAgent, writeAgentConfig } from './agent.ts'
import { eventually, lines, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'
import { freePort } from './sockets.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

test('old files go when they are shipped, closed and quiet; the daily archive holds what is there', async () => {
  const folder = temporaryFolder()
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const file = (name: string, days: number) => {
    const path = join(logs, name)
    writeFileSync(path, `${name} 1\n${name} 2\n`)
    const at = Date.now() / 1_000 - days * 86_400
    utimesSync(path, at, at)
    return path
  }
  const old = file('old.log', 9)
  const held = file('held.log', 9)
  const middle = file('middle.log', 3.5)
  const fresh = file('fresh.log', 0)
  const port = await freePort()
  const config = writeAgentConfig(folder, {
    destinations: [{ type: 'girok', url: `http://127.0.0.1:${port}` }],
    inputs: [{ type: 'file', include: ['logs/*.log'], labels: { job: 'kept' } }],
    housekeeping: [
      { paths: ['logs/*.log'], compressAfter: 2, deleteAfter: 7, quietFor: '1h' },
      { dailyBackup: { folder: 'logs', into: 'backups' } },
    ],
  })
  const holder = spawn('sh', ['-c', `exec 3>>${held}; echo open; sleep 600`], { stdio: ['ignore', 'pipe', 'ignore'] })
  ends.push(() => holder.kill('SIGKILL'))
  await new Promise((open) => holder.stdout.once('data', open))
  const agent: TestAgent = await startAgent(['--config', config], { dataDir: join(folder, 'agent-data') })
  ends.push(() => agent.kill())
  await eventually(
    async () => (await agent.status()).inputs[0]?.sources.every(({ lagBytes }) => lagBytes === 0) === true,
  )

  // Read, but not delivered: nothing is touched.
  const before = await agentCommand(['housekeeping', '--config', config])
  expect(before.stdout).toMatch(/keep +\S+old\.log: may hold lines that wait in the spool/)
  expect(before.stdout).not.toMatch(/^(delete|compress) /m)

  const server: TestServer = await startServer({ args: [...QUIET, '--port', String(port)] })
  ends.push(() => server.dispose())
  await eventually(async () => (await lines(server, '{job="kept"}')).length === 8, 40_000)
  await eventually(async () => (await agent.status()).destinations[0]?.backlog.records === 0)
  const shown = await agentCommand(['housekeeping', '--config', config])
  expect(shown.stdout).toMatch(new RegExp(`^delete +${old}`, 'm'))
  expect(shown.stdout).toMatch(new RegExp(`^compress +${middle}`, 'm'))
  expect(shown.stdout).toMatch(/keep +\S+held\.log: is written by process \d+/)
  expect(shown.stdout).toMatch(/^backup /m)
  expect(existsSync(old)).toBe(true)

  const done = await agentCommand(['housekeeping', '--run', '--config', config])
  expect(done.code, done.stderr).toBe(0)
  expect(readdirSync(logs).sort()).toEqual(['fresh.log', 'held.log', 'middle.log.gz'])
  expect(gunzipSync(readFileSync(`${middle}.gz`)).toString()).toBe('middle.log 1\nmiddle.log 2\n')
  const [archive = ''] = readdirSync(join(folder, 'backups'))
  expect(archive).toMatch(/^logs_backup_\d{8}\.tar\.gz$/)
  expect(execFileSync('tar', ['tzf', join(folder, 'backups', archive)]).toString()).toContain('fresh.log')
  expect(existsSync(fresh)).toBe(true)
  // What was compressed is known to have been read.
  await new Promise((pause) => setTimeout(pause, 2_500))
  expect(await lines(server, '{job="kept"}')).toHaveLength(8)
})

test('without rules there is nothing to keep house by, and it says so', async () => {
  const folder = temporaryFolder()
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const config = writeAgentConfig(folder, { destinations: [{ type: 'girok', url: 'http://127.0.0.1:1' }] })
  const agent = await startAgent(['--config', config], { dataDir: join(folder, 'agent-data') })
  ends.push(() => agent.kill())
  const { code, stderr } = await agentCommand(['housekeeping', '--config', config])
  expect(stderr).toContain('has no rules of housekeeping')
  expect(code).toBe(2)
})

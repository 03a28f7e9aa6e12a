/** The files of deploy/: systemd takes the unit, and unit and image start the agent by flags that it has. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, temporaryFolder } from './server.ts'

const PROGRAM = join(ROOT, 'packages/agent/bin/girok-agent.cjs')
const unit = readFileSync(join(ROOT, 'deploy/girok-agent.service'), 'utf8')
const image = readFileSync(join(ROOT, 'deploy/Containerfile.agent'), 'utf8')

/** Instructions with their lines joined. */
const instructions = image
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
const listOf = (instruction: string) =>
  JSON.parse(instructions.find((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '[]')

test('systemd finds nothing wrong with the unit, and little that an intruder could reach', () => {
  const path = join(temporaryFolder(), 'girok-agent.service')
  writeFileSync(path, unit.replace('ExecStart=/usr/bin/girok-agent', `ExecStart=${PROGRAM}`))
  const verified = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
  expect([verified.status, verified.stderr]).toEqual([0, ''])
  const security = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path], {
    encoding: 'utf8',
  })
  const exposure = /Overall exposure level for \S+: ([\d.]+)/.exec(security)?.[1]
  expect(Number(exposure)).toBeGreaterThan(0)
  expect(Number(exposure)).toBeLessThan(3)
})

test('unit and image start the agent alike, by flags that it has', () => {
  const [, ...args] = (/^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '').split(' ')
  expect(listOf('CMD')).toEqual(args)
  const help = execFileSync(PROGRAM, ['run', '--help'], { encoding: 'utf8' })
  for (const flag of args.filter((arg) => arg.startsWith('--'))) expect(help).toContain(flag)
})

test('the image packs every package of this repository that the agent needs', () => {
  const packed = [...image.matchAll(/-w (packages\/\w+)/g)].map(([, path]) => path as string)
  expect(packed.every((path) => existsSync(join(ROOT, path, 'package.json')))).toBe(true)
  const described = packed.map((path) => JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')))
  const names = described.map(({ name }) => name as string)
  const needed = described.flatMap(({ dependencies = {} }) => Object.keys(dependencies))
  expect(needed.filter((name) => name.startsWith('@girok/') && !names.includes(name))).toEqual([])
  const agent = described.at(-1) as { bin: Record<string, string> }
  expect(listOf('ENTRYPOINT')).toEqual([`/usr/bin/${Object.keys(agent.bin)[0]}`])
})

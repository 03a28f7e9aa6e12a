/**
 * amtool prints the same of Girok as of the original. What it printed of an Alertmanager of its own version is recorded
 * (testdata/amtool-0.25.json, …); the original that is installed is held against that too. `ALERTMANAGER_RECORD=1` writes
 * the file of the amtool that is used anew.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ALERTMANAGER, AMTOOL, startAlertmanager, versionOf } from './alertmanager.ts'
import { CONFIGURATION } from './alertmanager-api-script.ts'
import { type Run, runAmtool } from './amtool-script.ts'
import { QUIET, startServer, temporaryFolder } from './server.ts'

const [major, minor] = versionOf(AMTOOL)
const RECORDED = join(import.meta.dirname, `testdata/amtool-${major}.${minor}.json`)
const recorded = () => JSON.parse(readFileSync(RECORDED, 'utf8')) as readonly Run[]

/** One run a line. */
function record(runs: readonly Run[]): void {
  writeFileSync(RECORDED, `[\n${runs.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`)
}

test('the original that is installed', async () => {
  const original = await startAlertmanager(CONFIGURATION)
  try {
    const runs = await runAmtool(original.url)
    if (process.env.ALERTMANAGER_RECORD) record(runs)
    const [first = 0, second = 0] = versionOf(ALERTMANAGER)
    const isNew = first > 0 || second >= 33
    const comparable = (all: readonly Run[]) => all.filter(({ newer }) => isNew || !newer)
    expect(comparable(runs)).toEqual(comparable(recorded()))
  } finally {
    await original.dispose()
  }
})

test.runIf(existsSync(RECORDED))('Girok', async () => {
  const file = join(temporaryFolder(), 'alertmanager.yml')
  writeFileSync(file, CONFIGURATION)
  const girok = await startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })
  try {
    expect(await runAmtool(girok.url)).toEqual(recorded())
  } finally {
    await girok.dispose()
    rmSync(dirname(file), { recursive: true })
  }
})

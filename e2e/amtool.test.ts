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

const [major, minor = 0] = versionOf(AMTOOL)
/** The Alertmanager whose answers Girok gives. */
const GIROK = [0, 33]
const RECORDED = join(import.meta.dirname, `testdata/amtool-${major}.${minor}.json`)
const recorded = () => JSON.parse(readFileSync(RECORDED, 'utf8')) as readonly Run[]

/** One run a line. */
function record(runs: readonly Run[]): void {
  writeFileSync(RECORDED, `[\n${runs.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`)
}

/** What an Alertmanager of a version answers like the one that the file was recorded of. */
function comparable(runs: readonly Run[], [, second = 0]: readonly number[]): readonly Run[] {
  const isSame = minor < 26 === second < 26
  return runs.filter(({ newer }) => isSame || !newer)
}

test('the original that is installed', async () => {
  const original = await startAlertmanager(CONFIGURATION)
  try {
    const runs = await runAmtool(original.url)
    if (process.env.ALERTMANAGER_RECORD) record(runs)
    expect(comparable(runs, versionOf(ALERTMANAGER))).toEqual(comparable(recorded(), versionOf(ALERTMANAGER)))
  } finally {
    await original.dispose()
  }
})

test.runIf(existsSync(RECORDED))('Girok', async () => {
  const file = join(temporaryFolder(), 'alertmanager.yml')
  writeFileSync(file, CONFIGURATION)
  const girok = await startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })
  try {
    expect(comparable(await runAmtool(girok.url), GIROK)).toEqual(comparable(recorded(), GIROK))
  } finally {
    await girok.dispose()
    rmSync(dirname(file), { recursive: true })
  }
})

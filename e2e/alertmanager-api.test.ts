/**
 * Alertmanager's API: what the original answered to a script of requests (testdata/alertmanager-api.json, of version 0.33.1) is what
 * Girok answers, and what the original that is installed answers still. `ALERTMANAGER_RECORD=1` writes the file anew.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ALERTMANAGER, startAlertmanager, versionOf } from './alertmanager.ts'
import { CONFIGURATION, type Exchange, runScript } from './alertmanager-api-script.ts'
import { QUIET, startServer, temporaryFolder } from './server.ts'

const RECORDED = join(import.meta.dirname, 'testdata/alertmanager-api.json')
const recorded = () => JSON.parse(readFileSync(RECORDED, 'utf8')) as readonly Exchange[]

/** One exchange a line. */
function record(exchanges: readonly Exchange[]): void {
  writeFileSync(RECORDED, `[\n${exchanges.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`)
}

test('the original that is installed', async () => {
  const original = await startAlertmanager(CONFIGURATION)
  try {
    const exchanges = await runScript(original.url)
    if (process.env.ALERTMANAGER_RECORD) record(exchanges)
    const [major = 0, minor = 0] = versionOf(ALERTMANAGER)
    const isNew = major > 0 || minor >= 33
    const comparable = (all: readonly Exchange[]) => all.filter(({ newer }) => isNew || !newer)
    expect(comparable(exchanges)).toEqual(comparable(recorded()))
  } finally {
    await original.dispose()
  }
})

test.each(['', '/alertmanager'])('Girok at %j', async (prefix) => {
  const file = join(temporaryFolder(), 'alertmanager.yml')
  writeFileSync(file, CONFIGURATION)
  const girok = await startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })
  try {
    expect(await runScript(`${girok.url}${prefix}`)).toEqual(recorded())
  } finally {
    await girok.dispose()
    rmSync(dirname(file), { recursive: true })
  }
})

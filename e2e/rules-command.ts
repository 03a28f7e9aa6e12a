import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CLI, type TestServer } from './server.ts'

/** Rules of two groups over `past_load`. */
export const SHOP_RULES = `groups:
  - name: load
    interval: 1m
    rules:
      - alert: High
        expr: past_load > 5
        for: 2m
  - name: more
    rules:
      - record: load:max
        expr: max(past_load)
`

/** The command `girok rules` in a folder, towards a server; what it says and its exit code. */
export async function girokRules(server: TestServer, folder: string, args: readonly string[]) {
  try {
    const options = { cwd: folder, env: { ...process.env, GIROK_URL: server.url } }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, 'rules', ...args], options)
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

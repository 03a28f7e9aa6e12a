import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { ConfigProblem } from '../model/problem.ts'
import { duration } from '../model/units.ts'

const text = v.pipe(v.string(), v.nonEmpty())

const httpUrl = v.pipe(
  v.string(),
  v.check((url) => {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    return parsed?.protocol === 'http:' || parsed?.protocol === 'https:'
  }, 'must be a URL such as http://127.0.0.1:4100'),
)

/** Options of all destinations that are reached by HTTP. */
export const httpAccess = {
  url: httpUrl,
  token: v.optional(text),
  tokenFile: v.optional(text),
  basic: v.optional(
    v.strictObject({ username: v.string(), password: v.optional(v.string()), passwordFile: v.optional(text) }),
  ),
  tenant: v.optional(v.pipe(text, v.regex(/^[!-~]+$/, 'must be visible ASCII characters without spaces'))),
  headers: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not the name of a header')),
      v.pipe(v.string(), v.regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII characters')),
    ),
    {},
  ),
  tls: v.optional(
    v.strictObject({
      ca: v.optional(text),
      cert: v.optional(text),
      key: v.optional(text),
      serverName: v.optional(text),
      insecureSkipVerify: v.optional(v.boolean(), false),
    }),
    {},
  ),
  timeout: duration('30s', 1),
}

const schema = v.strictObject(httpAccess)
export type HttpAccess = v.InferOutput<typeof schema>

/** Headers that say who sends, asked for before each request: files of secrets are replaced while the agent runs. */
export function authorization({ url, token, tokenFile, basic }: HttpAccess): () => Promise<Record<string, string>> {
  const { username, password } = new URL(url)
  const ways = [token, tokenFile, basic, username === '' ? undefined : username].filter((way) => way !== undefined)
  if (ways.length > 1) {
    throw new ConfigProblem('give one of token, tokenFile, basic and a user in the url, not several')
  }
  if (basic?.password !== undefined && basic.passwordFile !== undefined) {
    throw new ConfigProblem('give one of basic.password and basic.passwordFile, not both')
  }
  if (token !== undefined) return async () => ({ authorization: `Bearer ${token}` })
  if (tokenFile !== undefined) return async () => ({ authorization: `Bearer ${await secret(tokenFile)}` })
  if (basic !== undefined) {
    const { passwordFile } = basic
    if (passwordFile !== undefined) return async () => basicHeader(basic.username, await secret(passwordFile))
    return async () => basicHeader(basic.username, basic.password ?? '')
  }
  if (username === '') return async () => ({})
  return async () => basicHeader(decodeURIComponent(username), decodeURIComponent(password))
}

async function secret(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).trim()
}

function basicHeader(username: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
}

/** Options of Node's TLS; files are read now. Throws ConfigProblem that names the file. */
export function tlsOptions({ tls }: HttpAccess) {
  const { ca, cert, key, serverName, insecureSkipVerify } = tls
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigProblem('tls.cert and tls.key belong together: give both, or neither')
  }
  return {
    ...(ca !== undefined && { ca: pem('tls.ca', ca) }),
    ...(cert !== undefined && { cert: pem('tls.cert', cert) }),
    ...(key !== undefined && { key: pem('tls.key', key) }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !insecureSkipVerify,
  }
}

function pem(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigProblem(`${option}: cannot read ${path}: ${(error as Error).message}`)
  }
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../spool/testing/records.ts'
import { farEnd } from './testing/far-end.ts'
import { lines, shipping } from './testing/shipping.ts'

/** A key and a certificate for itself, valid for names that are not this host's. */
function selfSigned(folder: string, name: string): { readonly key: string; readonly cert: string } {
  const key = join(folder, `${name}.key`)
  const cert = join(folder, `${name}.pem`)
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const form = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  execFileSync('openssl', ['req', '-x509', ...form, '-keyout', key, '-out', cert, ...subject], { stdio: 'pipe' })
  return { key, cert }
}

it('verifies the server, and shows its own certificate where it has one', async () => {
  using folder = temporaryFolder()
  const server = selfSigned(folder.path, 'logs.example.com')
  const client = selfSigned(folder.path, 'agent.example.com')
  await using end = await farEnd([], {
    key: readFileSync(server.key),
    cert: readFileSync(server.cert),
    ca: readFileSync(client.cert),
    requestCert: true,
    rejectUnauthorized: true,
  })
  const tls = { cert: client.cert, key: client.key }
  const ca = server.cert
  await using unknown = await shipping({ type: 'girok', url: end.url, tls })
  await unknown.spool.append(lines('one'))
  await expect.poll(() => unknown.status().lastError).toContain('self-signed certificate: name its authority in tls.ca')

  await using misnamed = await shipping({ type: 'girok', url: end.url, tls: { ...tls, ca } })
  await misnamed.spool.append(lines('one'))
  await expect.poll(() => misnamed.status().lastError).toContain("does not match certificate's altnames")

  await using anonymous = await shipping({ type: 'girok', url: end.url, tls: { ca, serverName: 'logs.example.com' } })
  await anonymous.spool.append(lines('one'))
  await expect.poll(() => anonymous.status().retries).toBeGreaterThan(0)
  expect(end.seen).toEqual([])

  await using known = await shipping({
    type: 'girok',
    url: end.url,
    tls: { ...tls, ca, serverName: 'logs.example.com' },
  })
  await known.spool.append(lines('one'))
  await known.delivered()
  expect(end.seen).toHaveLength(1)

  await using careless = await shipping({ type: 'girok', url: end.url, tls: { ...tls, insecureSkipVerify: true } })
  await careless.spool.append(lines('two'))
  await careless.delivered()
  expect(end.seen).toHaveLength(2)
})

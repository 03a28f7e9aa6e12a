import { readFile } from 'node:fs/promises'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import type { TlsOptions } from './http-options.ts'

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
}

/**
 * `tls_config` of alertmanager.yml as Node takes it. Files are read now, so that certificates can be replaced while the
 * server runs; only what stands in configuration files (`trusted`) may name them. Throws an Error for users.
 */
export async function tlsSettings(tls: TlsOptions | undefined, trusted: boolean): Promise<ConnectionOptions> {
  if (tls === undefined) return {}
  const [ca, cert, key] = await Promise.all(
    (['ca', 'cert', 'key'] as const).map(async (name) => {
      const path = tls[`${name}_file`]
      if (path === undefined) return tls[name]
      if (!trusted) throw new Error(`tls_config.${name}_file can only be set in a configuration file`)
      try {
        return await readFile(path, 'utf8')
      } catch (error) {
        throw new Error(
          `cannot read tls_config.${name}_file: ${(error as NodeJS.ErrnoException).code ?? 'unknown fault'}`,
        )
      }
    }),
  )
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.server_name !== undefined && { servername: tls.server_name }),
    ...(tls.insecure_skip_verify && { rejectUnauthorized: false }),
    ...(tls.min_version !== undefined && { minVersion: VERSIONS[tls.min_version] }),
    ...(tls.max_version !== undefined && { maxVersion: VERSIONS[tls.max_version] }),
  }
}

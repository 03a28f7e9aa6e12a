import { text } from '../../model/options/kinds.ts'

/** An access key that senders sign with. */
export interface AccessKey {
  readonly secret: string
  /** Of what is sent with it; undefined: the server's default. */
  readonly tenant: string | undefined
}

const KEY = "[A-Za-z0-9_-]{1,128}:[^\\s,:]{1,256}(?::(?!\\.{1,2}(?:[\\s,]|$))[A-Za-z0-9!\\-_.*'()]{1,150})?"

/** The option that names them. */
export const accessKeysOption = text('', {
  secret: true,
  allowed: 'ID:SECRET or ID:SECRET:TENANT, several separated by commas',
  pattern: new RegExp(`^(?:${KEY}(?:\\s*,\\s*${KEY})*)?$`),
})

/** By id. */
export function parseAccessKeys(option: string): ReadonlyMap<string, AccessKey> {
  const keys = option.split(',').map((key) => key.trim())
  return new Map(
    keys.filter(Boolean).map((key): [string, AccessKey] => {
      const [id = '', secret = '', tenant] = key.split(':')
      return [id, { secret, tenant }]
    }),
  )
}

import addressparser from 'nodemailer/lib/addressparser'

/**
 * The bare addresses of a list such as `Ops <ops@shop.example>, oncall@shop.example`. Throws an Error for users that names
 * the field.
 */
export function mailAddresses(field: string, list: string): string[] {
  const addresses = addressparser(list, { flatten: true }).map(({ address }) => address)
  const odd = addresses.findIndex((address) => !/^[^\s@<>]+@[^\s@<>]+$/.test(address))
  if (addresses.length === 0) throw new Error(`${field} names no mail address`)
  if (odd >= 0) throw new Error(`${field}: entry ${odd + 1} is no mail address; write one like ops@shop.example`)
  return addresses
}

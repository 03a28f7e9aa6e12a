import type { Random } from '../../testing/random.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const ALNUM = `${LETTERS}${LETTERS.toUpperCase()}0123456789`
const DIGITS = '0123456789'

/** A number that passes Luhn's check, with this prefix. */
export function cardNumber(random: Random, prefix: string, length: number): string {
  const body = prefix + random.text(DIGITS, length - 1 - prefix.length)
  let sum = 0
  for (const [index, digit] of [...body].reverse().entries()) {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return body + ((10 - (sum % 10)) % 10)
}

function card(random: Random): string {
  const [prefix, length, groups] = random.pick<readonly [string, number, readonly number[]]>([
    ['4', 16, [4, 4, 4, 4]],
    ['53', 16, [4, 4, 4, 4]],
    ['2221', 16, [4, 4, 4, 4]],
    ['37', 15, [4, 6, 5]],
    ['36', 14, [4, 6, 4]],
    ['6011', 16, [4, 4, 4, 4]],
    ['3530', 16, [4, 4, 4, 4]],
    ['62', 19, [4, 4, 4, 4, 3]],
    ['4', 13, [4, 3, 3, 3]],
  ])
  const digits = cardNumber(random, prefix, length)
  const separator = random.pick(['', ' ', '-'])
  let at = 0
  return groups
    .map((size) => {
      at += size
      return digits.slice(at - size, at)
    })
    .join(separator)
}

/** One secret for each kind of built-in pattern; what is given is what must not be seen. */
export const SECRETS: Readonly<Record<string, (random: Random) => { readonly secret: string; readonly text: string }>> =
  {
    email: (random) => same(`${random.text(LETTERS, 6)}.${random.text(ALNUM, 4)}@${random.text(LETTERS, 5)}.co.kr`),
    card: (random) => same(card(random)),
    phone(random) {
      const four = () => random.text(DIGITS, 4)
      const forms = [
        `010-${four()}-${four()}`,
        `010${four()}${four()}`,
        `+82 10-${four()}-${four()}`,
        `02-${random.text(DIGITS, 3)}-${four()}`,
        `+8190${four()}${four()}`,
        `080-${four()}-${four()}`,
        `(03)${four()}-${four()}`,
        `+1 (415) 555-${four()}`,
      ]
      return same(random.pick(forms))
    },
    jwt: (random) => same(`eyJ${random.text(ALNUM, 12)}.eyJ${random.text(ALNUM, 20)}.${random.text(ALNUM, 24)}`),
    apiKey(random) {
      const forms = [
        `AKIA${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
        `ghp_${random.text(ALNUM, 36)}`,
        `xoxb-${random.text(DIGITS, 12)}-${random.text(ALNUM, 24)}`,
        `sk_live_${random.text(ALNUM, 24)}`,
        `AIza${random.text(ALNUM, 35)}`,
      ]
      return same(random.pick(forms))
    },
    bearer(random) {
      const secret = `${random.text(ALNUM, 24)}7`
      return { secret, text: `Bearer ${secret}` }
    },
    urlPassword(random) {
      const secret = `p${random.text(ALNUM, 10)}`
      return { secret, text: `postgres://app:${secret}@db.internal:5432/app` }
    },
    assignment(random) {
      const secret = `q${random.text(ALNUM, 12)}`
      return {
        secret,
        text: random.pick([`password=${secret}`, `{"api_key": "${secret}"}`, `{\\"token\\":\\"${secret}\\"}`]),
      }
    },
  }

function same(secret: string) {
  return { secret, text: secret }
}

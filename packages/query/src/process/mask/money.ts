import { defineDetector } from './detector.ts'

/** The check digit of Luhn. */
function fitsLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30
    const doubled = i % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** 13 to 19 digits, in groups or not, with a good check digit and the first digit of a card. */
export const creditCard = defineDetector({
  name: 'creditCard',
  summary: 'Numbers of payment cards (checked by Luhn)',
  candidates: /(?<![\d.])(?<!\d[ -])[2-6]\d{3}(?:[ -]?\d{1,6}){2,4}(?!\d)/g,
  length: (candidate) => {
    // Digits may follow that belong to something else: a check number, a month.
    for (let end = candidate.length; end >= 13; end--) {
      if (/\d/.test(candidate[end] ?? '') || !/\d/.test(candidate[end - 1] as string)) continue
      const digits = candidate.slice(0, end).replace(/\D/g, '')
      const isLong = digits.length >= 13 && digits.length <= 19
      if (isLong && fitsLuhn(digits) && !/^(\d)\1+$/.test(digits)) return end
    }
    return 0
  },
})

/** Characters of an account number by country, as the registry of SWIFT has them. */
const IBAN_LENGTHS =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20'
const ibanLengths = new Map(
  (IBAN_LENGTHS.match(/.{4}/g) ?? []).map((item) => [item.slice(0, 2), Number(item.slice(2))]),
)

/** The remainder by 97 must be 1, letters as 10 to 35 and the first four characters at the end. */
function fitsIban(iban: string): boolean {
  let remainder = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder === 1
}

export const iban = defineDetector({
  name: 'iban',
  summary: 'International bank account numbers (checked by modulo 97)',
  candidates: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/g,
  length: (candidate, text, at) => {
    const wanted = ibanLengths.get(candidate.slice(0, 2)) ?? 0
    let seen = 0
    for (let i = 0; i < candidate.length; i++) {
      if (candidate[i] !== ' ' && ++seen === wanted) {
        const ends = !/[A-Za-z0-9]/.test(text[at + i + 1] ?? '')
        return ends && fitsIban(candidate.slice(0, i + 1).replaceAll(' ', '')) ? i + 1 : 0
      }
    }
    return 0
  },
})

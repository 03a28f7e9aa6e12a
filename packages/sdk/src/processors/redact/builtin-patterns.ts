import { cardPattern } from './card-pattern.ts'
import { phonePattern } from './phone-pattern.ts'
import type { ValuePattern } from './value-pattern.ts'

/** A local part begins where none of its characters stands before, so that a long text is gone through once. */
const email: ValuePattern = {
  minLength: 6,
  needs: ['@', '%40'],
  find: /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]+(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/gu,
}

/** JSON Web Tokens (RFC 7519), signed, encrypted (five parts) or neither. */
const jwt: ValuePattern = {
  minLength: 16,
  needs: ['eyJ'],
  find: /eyJ[\w-]+(?:\.[\w-]+){0,4}/g,
  measure(found) {
    const parts = found.split('.')
    return parts.length >= 3 || parts[1]?.startsWith('eyJ') === true ? found.length : 0
  },
}

const KEY_FORMS = [
  // AWS
  '(?:AKIA|ASIA)[A-Z0-9]{16,}',
  // GitHub, GitLab
  'gh[pousr]_[A-Za-z0-9]{16,}',
  'github_pat_\\w{20,}',
  'glpat-[\\w-]{16,}',
  // Slack
  'xox[abeoprs]-[\\w-]{8,}',
  'xapp-[\\w-]{16,}',
  // Stripe
  '[rs]k_(?:live|test)_[A-Za-z0-9]{8,}',
  'whsec_[\\w+/=]{16,}',
  // Google, OpenAI and Anthropic, npm, Hugging Face, SendGrid
  'AIza[\\w-]{30,}',
  'sk-[\\w-]{20,}',
  'npm_[A-Za-z0-9]{30,}',
  'hf_[A-Za-z0-9]{30,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
]

const prefixedKey: ValuePattern = { minLength: 16, find: new RegExp(`(?<![A-Za-z0-9])(?:${KEY_FORMS.join('|')})`, 'g') }

/** The credentials of an Authorization header, wherever they stand: `Bearer …` (RFC 6750), `Basic …` (RFC 7617). */
const credentials: ValuePattern = {
  minLength: 12,
  needs: ['earer', 'asic', 'EARER'],
  find: /(\b(?:bearer[ :=]{1,3}|basic {1,3}))[\w.~+/=-]{8,}/gi,
  keepsFirstGroup: true,
  measure(found) {
    const word = found.replace(/[.=-]+$/, '')
    // "bearer authentication failed" is prose.
    return word.length >= 20 || /[\d._~+/=-]/.test(word) || /[a-z][A-Z]/.test(word) ? found.length : 0
  },
}

const urlPassword: ValuePattern = {
  minLength: 8,
  needs: ['://'],
  find: /(:\/\/[^\s:/@?#]{0,128}:)[^\s/@?#]{1,256}(?=@)/g,
  keepsFirstGroup: true,
}

const SECRET_WORD = '(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)'

/** `{"password": "…"}` in a text, its quotes escaped or not. */
const quotedAssignment: ValuePattern = {
  minLength: 8,
  find: new RegExp(`(${SECRET_WORD}\\\\{0,3}["']?\\s{0,3}[:=]\\s{0,3}\\\\{0,3}["'])[^"'\\\\]+`, 'gi'),
  keepsFirstGroup: true,
}

/** `password=…` in a text or a query. */
const plainAssignment: ValuePattern = {
  minLength: 5,
  find: new RegExp(`(${SECRET_WORD}(?:=|\\\\{0,3}["']\\s{0,3}:\\s{0,3}))[^\\s"'\\\\&;,<>(){}[\\]]+`, 'gi'),
  keepsFirstGroup: true,
}

const privateKey: ValuePattern = {
  minLength: 26,
  needs: ['PRIVATE KEY-----'],
  find: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
}

/** Korean resident registration number: date of birth, century and sex, six more digits. */
const residentNumber: ValuePattern = {
  minLength: 14,
  find: /(?<!\w|\w-)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}(?!\w|-\w)/g,
}

/** US social security number, with its dashes; the ranges that are never given out are left alone. */
const ssn: ValuePattern = {
  minLength: 11,
  find: /(?<!\w|\w[.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\w|[.-]\w)/g,
}

/** By name, in the order in which they are best applied. */
export const builtinPatterns = {
  privateKey: [privateKey],
  jwt: [jwt],
  apiKey: [prefixedKey, credentials],
  urlPassword: [urlPassword],
  assignment: [quotedAssignment, plainAssignment],
  email: [email],
  card: [cardPattern],
  residentNumber: [residentNumber],
  ssn: [ssn],
  phone: [phonePattern],
} as const satisfies Record<string, readonly ValuePattern[]>

import { builtinPatterns } from './builtin-patterns.ts'
import type { PatternName } from './patterns.ts'

/**
 * Names of fields that hold secrets, for `keys`: `Api-Key`, `apiKey` and `API_KEY` are all `api_key`. Names are compared
 * whole: `token_count` is not `token`. But what ends with password or secret is one: `user_password`, `WEBHOOK_SECRET`.
 */
export const secretKeys: readonly (string | RegExp)[] = [
  /(?:password|passwd|passphrase|secret)$/i,
  'password',
  'passphrase',
  'pwd',
  'password_confirmation',
  'password_hash',
  'secret_key',
  'secret_access_key',
  'access_key',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'auth_token',
  'bearer_token',
  'session_token',
  'csrf_token',
  'x_auth_token',
  'x_csrf_token',
  'api_key',
  'x_api_key',
  'private_key',
  'encryption_key',
  'authorization',
  'proxy_authorization',
  'credentials',
  'cookie',
  'set_cookie',
  'ssn',
  'social_security_number',
  'credit_card',
  'credit_card_number',
  'card_number',
  'cvv',
  'cvc',
  'resident_registration_number',
  '비밀번호',
  '주민등록번호',
  '주민번호',
  '카드번호',
  'パスワード',
  'マイナンバー',
]

/** All built-in patterns, for `patterns`. */
export const piiPatterns: readonly PatternName[] = Object.keys(builtinPatterns) as PatternName[]

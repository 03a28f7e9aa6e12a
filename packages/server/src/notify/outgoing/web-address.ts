/**
 * An address that requests can go to, and what is said of one that is none. No control characters, hosts without spaces,
 * ports in digits and whole %-escapes are asked for, as Go's programs do when they read such an address.
 */
export const WEB_ADDRESS = {
  allowed: 'an http:// or https:// address',
  pattern:
    /^(?![\s\S]*\p{Cc})https?:\/\/(?:[^\s/?#@]*@)?(?:\[[^\]\s]+\]|[^\s/?#:@[\]]+)(?::\d*)?(?:\/(?:[^%?#]|%[\da-f]{2})*)?(?:[?#].*)?$/iu,
} as const

/** What became of a connection, in words that name neither address nor secret. Undefined: nothing that is known. */
export function connectionFailure(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'the far end refuses connections'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return 'the name of the far end cannot be resolved'
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return 'the far end closed the connection'
    case 'ETIMEDOUT':
    case 'ESOCKETTIMEDOUT':
      return 'the far end does not answer'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return 'the far end cannot be reached'
    case 'CERT_HAS_EXPIRED':
      return 'TLS: the certificate of the far end has expired'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'TLS: the certificate of the far end is for another name'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'TLS: the certificate of the far end comes from an unknown authority'
    default:
      break
  }
  if (/^(?:ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO|CERT_)/.test(code)) return `TLS fails (${code})`
  if (code.startsWith('HPE_')) return 'the far end does not speak HTTP'
  return code === '' ? 'the request failed' : `the request failed (${code})`
}

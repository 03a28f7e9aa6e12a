import { parseIpAddress } from '../../logql/ip-pattern.ts'
import { defineDetector } from './detector.ts'

export const ipv4 = defineDetector({
  name: 'ipv4',
  summary: 'IPv4 addresses',
  candidates: /(?<![\d.])(?<![A-Za-z]\d?)(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)/g,
  length: (candidate) => (parseIpAddress(candidate) === undefined ? 0 : candidate.length),
})

/** Names of programs such as `std::abc` are no addresses: a digit must stand in it. */
export const ipv6 = defineDetector({
  name: 'ipv6',
  summary: 'IPv6 addresses',
  needs: (text) => text.includes(':'),
  candidates: /(?<![\w:.])[0-9A-Fa-f:][0-9A-Fa-f:.]+/g,
  length: (candidate, text, at) => {
    if (candidate.length > 60) return 0
    const trimmed = candidate.replace(/[.:]$/, (end) => (candidate.endsWith('::') ? end : ''))
    if (trimmed.length === candidate.length && /\w/.test(text[at + candidate.length] ?? '')) return 0
    if (!trimmed.includes(':') || trimmed.split(':').length < 3 || !/\d/.test(trimmed)) return 0
    return parseIpAddress(trimmed) === undefined ? 0 : trimmed.length
  },
})

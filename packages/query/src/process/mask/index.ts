import { awsKey, bearer, githubToken, jwt, slackToken } from './credentials.ts'
import type { Detector } from './detector.ts'
import { creditCard, iban } from './money.ts'
import { ipv4, ipv6 } from './network.ts'
import { email, phone, residentNumber } from './people.ts'

/** Every detector, in the order in which they look: what the first finds is hidden from the later ones. */
export const DETECTORS: readonly Detector[] = [
  ...[jwt, bearer, githubToken, slackToken, awsKey],
  ...[email, iban, creditCard, residentNumber, phone, ipv4, ipv6],
]

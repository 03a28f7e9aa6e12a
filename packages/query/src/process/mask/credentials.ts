import { defineDetector } from './detector.ts'

export const jwt = defineDetector({
  name: 'jwt',
  summary: 'JSON web tokens',
  needs: (text) => text.includes('eyJ'),
  candidates: /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g,
})

export const awsKey = defineDetector({
  name: 'awsKey',
  summary: 'Identifiers and secrets of access keys of AWS',
  candidates:
    /(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA)[A-Z0-9]{16}(?![A-Za-z0-9])|(?<=[Ss]ecret_?[Aa]ccess_?[Kk]ey["']?\s?[=:]\s?["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g,
})

export const githubToken = defineDetector({
  name: 'githubToken',
  summary: 'Tokens of GitHub',
  needs: (text) => text.includes('gh') || text.includes('github_pat_'),
  candidates: /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/g,
})

export const slackToken = defineDetector({
  name: 'slackToken',
  summary: 'Tokens of Slack',
  needs: (text) => text.includes('xox') || text.includes('xapp-'),
  candidates: /(?<![A-Za-z0-9-])(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,250}/g,
})

export const bearer = defineDetector({
  name: 'bearer',
  summary: 'Bearer tokens and credentials of basic authentication in headers',
  needs: (text) => /earer|asic/i.test(text),
  candidates: /(?<=\b(?:[Bb]earer|BEARER|[Bb]asic)[ ]{1,3})(?![ ])[\w.~+/-]{8,}={0,2}/g,
})

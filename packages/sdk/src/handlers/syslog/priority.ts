/** Names of facilities and their numbers (RFC 5424, 6.2.1). */
const FACILITIES = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const

export type Facility = keyof typeof FACILITIES

/** 0 (emergency) to 7 (debug), of a level: CRITICAL 2, ERROR 3, WARNING 4, levels from 25 on 5 (notice), INFO 6, below 7. */
export function severityOf(level: number): number {
  if (level >= 50) return 2
  if (level >= 40) return 3
  if (level >= 30) return 4
  if (level >= 25) return 5
  return level >= 20 ? 6 : 7
}

/** @throws RangeError that lists the names */
export function facilityNumber(facility: string | number): number {
  if (typeof facility === 'number' && Number.isInteger(facility) && facility >= 0 && facility <= 23) return facility
  const named = Object.hasOwn(FACILITIES, facility) ? FACILITIES[facility as Facility] : undefined
  if (named !== undefined) return named
  const names = Object.keys(FACILITIES).join(', ')
  throw new RangeError(`syslogHandler: facility is ${JSON.stringify(facility)}: use 0 to 23 or one of ${names}`)
}

import { expect, it } from 'vitest'
import { labelsText } from '../../model/labels.ts'
import { NO_LIMITS } from '../testing/limits.ts'
import { SyslogMessage } from './message.ts'
import { MessageStreams } from './message-streams.ts'
import { readMessage } from './read-message.ts'

const HOUR = 3_600_000

function streamsOf(labels: readonly string[], maxStreams: number) {
  const streams = new MessageStreams('t', labels, maxStreams, NO_LIMITS)
  const message = new SyslogMessage()
  return (text: string, nowMs = 0, from = '192.0.2.9') => {
    const bytes = Buffer.from(text)
    readMessage(bytes, 0, bytes.length, message)
    return labelsText(streams.of(bytes, message, from, nowMs).outcome.stream!.labels)
  }
}

it('makes no more streams than allowed, keeps known ones, and lets new ones in when old ones rest', () => {
  const labels = streamsOf(['service_name', 'host', 'facility'], 2)
  const known = labels('<14>1 - h a - - - t')
  labels('<14>1 - h b - - - t')
  expect(labels('<14>1 - h c - - - t', 1)).toBe('{facility="user", service_name="other"}')
  expect(labels('<30>1 - h d - - - t', 2)).toBe('{facility="daemon", service_name="other"}')
  expect(labels('no syslog', 3)).toBe('{service_name="other"}')
  expect(labels('<14>1 - h a - - - t', HOUR)).toBe(known)
  expect(labels('<14>1 - h c - - - t', HOUR + 60_000)).toBe('{facility="user", host="h", service_name="c"}')
  expect(labels('<14>1 - h b - - - t', HOUR + 60_000)).toBe('{facility="user", service_name="other"}')
})

it('counts only what the labels tell apart', () => {
  const labels = streamsOf(['host'], 1)
  for (let i = 0; i < 10; i++) expect(labels(`<${i * 8}>1 - h app-${i} - - - t`)).toBe('{host="h"}')
  const bare = streamsOf([], 1)
  for (let i = 0; i < 10; i++)
    expect(bare(`<14>1 - h-${i} a - - - t`, 0, `192.0.2.${i}`)).toBe('{service_name="unknown_service"}')
})

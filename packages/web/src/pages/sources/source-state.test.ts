import type { Source } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { mockSources } from '../../../testing/mock-sources.ts'
import { addressesOf, connectionsOf, inOrder, matches, settingOf, stateOf, unaccounted } from './source-state.ts'

const { sources } = mockSources()
const named = (name: string): Source => {
  const found = sources.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no source ${name}`)
  return found
}

describe('stateOf', () => {
  it.each([
    ['elasticsearch', 'receiving'],
    ['gelf', 'waiting'],
    ['otlp', 'waiting'],
    ['redis', 'unreached'],
    ['remote-write', 'off'],
    ['statsd', 'closed'],
    ['syslog', 'quiet'],
  ])('%s is %s', (name, state) => {
    expect(stateOf(named(name))).toBe(state)
  })

  it('tells a pull that connects from one that is connected', () => {
    const pull = { name: 'stream', address: 'redis://a' }
    const redis = (connected: boolean): Source => ({ ...named('redis'), pulls: [{ ...pull, connected }] })
    expect([stateOf(redis(false)), stateOf(redis(true))]).toEqual(['connecting', 'connected'])
  })
})

describe('accounts', () => {
  it('are balanced or off by what is missing, whichever part it is missing from', () => {
    expect(unaccounted(named('elasticsearch'))).toBe(0)
    expect(unaccounted(named('syslog'))).toBe(3)
    const { counts } = named('elasticsearch')
    for (const part of ['stored', 'duplicate', 'inFlight'] as const) {
      expect(unaccounted({ ...named('elasticsearch'), counts: { ...counts, [part]: counts[part] + 1 } }), part).toBe(-1)
    }
    const more = [{ reason: 'a', count: 1 }]
    expect(
      unaccounted({
        ...named('otlp'),
        counts: { ...named('otlp').counts, received: 2, rejected: more, dropped: more },
      }),
    ).toBe(0)
  })
})

it('lists what has received or refused first, then by name', () => {
  const refused = { ...named('statsd'), rejections: [{ atMs: 1, status: 400, reason: 'x' }] }
  expect(inOrder([named('redis'), named('syslog'), named('gelf'), refused, named('elasticsearch')])).toEqual([
    'elasticsearch',
    'statsd',
    'syslog',
    'gelf',
    'redis',
  ])
})

it('finds by words of name and summary', () => {
  const found = (text: string): string[] => sources.filter((one) => matches(one, text)).map(({ name }) => name)
  expect(found('udp docker')).toEqual(['gelf'])
  expect(found('PROMETHEUS')).toEqual(['remote-write'])
  expect(found('')).toHaveLength(sources.length)
  expect(found('nothing-like-it')).toEqual([])
})

it('knows addresses and connections', () => {
  expect(addressesOf(named('syslog'))).toEqual(['tcp://127.0.0.1:5514', 'udp://127.0.0.1:5514'])
  expect(addressesOf(named('redis'))).toEqual(['redis://127.0.0.1:6379/log_stream'])
  expect(connectionsOf(named('syslog'))).toBe(3)
})

it('writes a setting for the file, the environment and the command line', () => {
  expect(settingOf('receivers.remote-write.enabled', 'false')).toEqual({
    yaml: 'receivers: { remote-write: { enabled: false } }',
    variable: 'GIROK_RECEIVERS__REMOTE_WRITE__ENABLED=false',
    flag: '--set receivers.remote-write.enabled=false',
  })
  expect(settingOf('receivers.gelf.udp.port', '12201').yaml).toBe('receivers: { gelf: { udp: { port: 12201 } } }')
})

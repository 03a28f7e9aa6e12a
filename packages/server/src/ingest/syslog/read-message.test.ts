import { describe, expect, it } from 'vitest'
import { SyslogMessage } from './message.ts'
import { readMessage } from './read-message.ts'

/** The parts of a message that are there, as texts. What stands around it in the buffer must not matter. */
function read(text: string) {
  const inner = Buffer.from(text)
  const bytes = Buffer.concat([Buffer.from('5]: '), inner, Buffer.from('- - : %x]"'.repeat(3))])
  const message = new SyslogMessage()
  readMessage(bytes, 4, 4 + inner.length, message)
  const part = (start: number, end: number) => (end > start ? bytes.toString('utf8', start, end) : undefined)
  return Object.fromEntries(
    Object.entries({
      format: message.format,
      priority: message.priority < 0 ? undefined : message.priority,
      time: message.hasTime ? part(message.timeStart, message.timeEnd) : undefined,
      host: part(message.hostStart, message.hostEnd),
      app: part(message.appStart, message.appEnd),
      process: part(message.processStart, message.processEnd),
      id: part(message.idStart, message.idEnd),
      sequence: part(message.sequenceStart, message.sequenceEnd),
      data: part(message.dataStart, message.dataEnd),
      text: bytes.toString('utf8', message.textStart, message.textEnd),
    }).filter(([, value]) => value !== undefined),
  )
}

describe('RFC 5424', () => {
  const form = { format: 'rfc5424', priority: 34 }

  it.each<[string, string, object]>([
    [
      'the first example of the RFC',
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed for lonvick on /dev/pts/8",
      {
        ...form,
        time: '2003-10-11T22:14:15.003Z',
        host: 'mymachine.example.com',
        app: 'su',
        id: 'ID47',
        text: "'su root' failed for lonvick on /dev/pts/8",
      },
    ],
    [
      'structured data with escapes and a text',
      String.raw`<34>1 2003-10-11T22:14:15+02:00 h a 12 - [x@1 k="a\"b\]c\\"][y z=""]  two spaces`,
      {
        ...form,
        time: '2003-10-11T22:14:15+02:00',
        host: 'h',
        app: 'a',
        process: '12',
        data: String.raw`[x@1 k="a\"b\]c\\"][y z=""]`,
        text: ' two spaces',
      },
    ],
    ['nothing but dashes', '<34>1 - - - - - -', { ...form, text: '' }],
    ['no text behind structured data', '<34>1 - - - - - [a]', { ...form, data: '[a]', text: '' }],
    [
      'a bracket in a value without its backslash',
      '<34>1 - - - - - [a b="[c]"] t',
      { ...form, data: '[a b="[c]"]', text: 't' },
    ],
    ['a space before the bracket', '<34>1 - - - - - [a b="c" ] t', { ...form, data: '[a b="c" ]', text: 't' }],
    [
      'structured data without end',
      '<34>1 - h a - - [a b="c] text',
      { ...form, host: 'h', app: 'a', text: '[a b="c] text' },
    ],
    ['structured data that runs on', '<34>1 - - - - - [a]text', { ...form, text: '[a]text' }],
    [
      'no structured data at all',
      '<34>1 - h a - ID text here',
      { ...form, host: 'h', app: 'a', id: 'ID', text: 'text here' },
    ],
    ['an end behind the last name', '<34>1 - h a - ID', { ...form, host: 'h', app: 'a', id: 'ID', text: '' }],
    ['a text of a dash', '<34>1 - h a - ID - -', { ...form, host: 'h', app: 'a', id: 'ID', text: '-' }],
    ['a later version', '<34>2 - h a - ID - t', { ...form, host: 'h', app: 'a', id: 'ID', text: 't' }],
    ['names in other letters', '<34>1 - 집 앱 - - - 글', { ...form, host: '집', app: '앱', text: '글' }],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it.each([
    ['too few names', '<34>1 - h a'],
    ['a time that is none', '<34>1 yesterday h a - - - t'],
    ['a 13th month', '<34>1 2026-13-01T00:00:00Z h a - - - t'],
    ['a name of 256 bytes', `<34>1 - ${'h'.repeat(256)} a - - - t`],
    ['two spaces', '<34>1 -  h a - - - t'],
  ])('is not: %s', (_name, text) => {
    expect(read(text)).toEqual({ format: 'rfc3164', priority: 34, text: text.slice(4) })
  })
})

describe('RFC 3164 and its relatives', () => {
  const form = { format: 'rfc3164', priority: 13 }
  const time = 'Nov 20 12:00:00'

  it.each<[string, string, object]>([
    [
      'all parts',
      `<13>${time} web-1 app[12]: t: x`,
      { ...form, time, host: 'web-1', app: 'app', process: '12', text: 't: x' },
    ],
    [
      'a day of one digit',
      '<13>Nov  2 12:00:00 h app: t',
      { ...form, time: 'Nov  2 12:00:00', host: 'h', app: 'app', text: 't' },
    ],
    [
      'the same without its space',
      '<13>Nov 2 12:00:00 h app: t',
      { ...form, time: 'Nov 2 12:00:00', host: 'h', app: 'app', text: 't' },
    ],
    ['no host', `<13>${time} app[12]: t`, { ...form, time, app: 'app', process: '12', text: 't' }],
    ['no host and no process', `<13>${time} app: t`, { ...form, time, app: 'app', text: 't' }],
    [
      'no space behind the tag',
      `<13>${time} h app[12]:t`,
      { ...form, time, host: 'h', app: 'app', process: '12', text: 't' },
    ],
    [
      'no colon behind the tag',
      `<13>${time} h app[12] t`,
      { ...form, time, host: 'h', app: 'app', process: '12', text: 't' },
    ],
    [
      'a path as the tag',
      `<13>${time} h docker/web/1a2b[1]: t`,
      { ...form, time, host: 'h', app: 'docker/web/1a2b', process: '1', text: 't' },
    ],
    ['neither host nor tag', `<13>${time} hello to you: all`, { ...form, time, text: 'hello to you: all' }],
    ['spaces before the text', `<13>${time}   hello you`, { ...form, time, text: '  hello you' }],
    ['an address and no tag', `<13>${time} 192.0.2.7 link up`, { ...form, time, host: '192.0.2.7', text: 'link up' }],
    ['an IPv6 address', `<13>${time} fe80::1 app: t`, { ...form, time, host: 'fe80::1', app: 'app', text: 't' }],
    [
      'a fraction',
      `<13>${time}.123456 h app: t`,
      { ...form, time: `${time}.123456`, host: 'h', app: 'app', text: 't' },
    ],
    [
      'the year first',
      '<13>Nov 20 2026 12:00:00 h app: t',
      { ...form, time: 'Nov 20 2026 12:00:00', host: 'h', app: 'app', text: 't' },
    ],
    ['the year last', `<13>${time} 2026 h app: t`, { ...form, time: `${time} 2026`, host: 'h', app: 'app', text: 't' }],
    [
      'the time of RFC 3339',
      '<13>2026-11-20T12:00:00.5+09:00 h app: t',
      { ...form, time: '2026-11-20T12:00:00.5+09:00', host: 'h', app: 'app', text: 't' },
    ],
    [
      'that without a zone',
      '<13>2026-11-20T12:00:00 h app: t',
      { ...form, time: '2026-11-20T12:00:00', host: 'h', app: 'app', text: 't' },
    ],
    ['a priority and text', '<13>hello to you', { ...form, text: 'hello to you' }],
    ['a priority and a tag', '<13>app: t', { ...form, app: 'app', text: 't' }],
    ['a priority and JSON', '<13>{"a": "b"}', { ...form, text: '{"a": "b"}' }],
    ['a priority and an address of the web', '<13>http://x y', { ...form, text: 'http://x y' }],
    [
      'a priority and pairs',
      '<13>date=2026-11-20 time=12:00:00 devname="f"',
      { ...form, text: 'date=2026-11-20 time=12:00:00 devname="f"' },
    ],
    ['a priority alone', '<13>', { ...form, text: '' }],
    ['only a time', `<13>${time}`, { ...form, time, text: '' }],
    ['a time that goes on', `<13>${time}x h app: t`, { ...form, text: `${time}x h app: t` }],
    [
      'Cisco IOS',
      '<189>237: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured from console',
      {
        ...form,
        priority: 189,
        sequence: '237',
        time: '*Mar  1 18:48:50.483 UTC',
        id: 'SYS-5-CONFIG_I',
        text: '%SYS-5-CONFIG_I: Configured from console',
      },
    ],
    [
      'Cisco IOS with a name',
      '<189>29: sw-7: .Mar  1 18:48:50.483: %LINK-3-UPDOWN: down',
      {
        ...form,
        priority: 189,
        sequence: '29',
        host: 'sw-7',
        time: '.Mar  1 18:48:50.483',
        id: 'LINK-3-UPDOWN',
        text: '%LINK-3-UPDOWN: down',
      },
    ],
    [
      'Cisco ASA',
      '<166>Nov 20 2026 12:00:00 fw : %ASA-6-302014: Teardown',
      {
        ...form,
        priority: 166,
        time: 'Nov 20 2026 12:00:00',
        host: 'fw',
        id: 'ASA-6-302014',
        text: '%ASA-6-302014: Teardown',
      },
    ],
    [
      'Cisco without a time',
      '<189>237: %SYS-5-X: t',
      { ...form, priority: 189, sequence: '237', id: 'SYS-5-X', text: '%SYS-5-X: t' },
    ],
    ['a number that is none of Cisco', '<13>237: things', { ...form, text: '237: things' }],
    ['no priority', `${time} h app[1]: t`, { format: 'rfc3164', time, host: 'h', app: 'app', process: '1', text: 't' }],
    [
      'no priority, time of RFC 3339',
      '2026-11-20T12:00:00Z h app: t',
      { format: 'rfc3164', time: '2026-11-20T12:00:00Z', host: 'h', app: 'app', text: 't' },
    ],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it.each([
    'hello',
    '<192>Nov 20 12:00:00 h app: t',
    '<>x',
    '<1',
    '<13',
    '<0001>x',
    '<a>x',
    '2026-11-20 12:00:00,123 INFO started',
    `${time} app[1]: no priority and no host`,
    '2026-11-20T12:00:00Z no tag',
    '{"level":"info"}',
  ])('keeps whole: %s', (text) => {
    expect(read(text)).toEqual({ format: 'none', text })
  })
})

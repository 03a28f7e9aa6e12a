import { describe, expect, it } from 'vitest'
import { formatMessage, placeholders } from '../shell/message-format.ts'
import { locales, messageFiles, rooms } from './index.ts'

async function load(locale: (typeof locales)[number], room: (typeof rooms)[number]) {
  return (await messageFiles[locale][room]()).messages
}

describe.each(rooms)('messages of %s', (room) => {
  it('have the same keys and parameters in every language', async () => {
    const english = await load('en', room)
    for (const locale of locales) {
      const other = await load(locale, room)
      expect(Object.keys(other), locale).toEqual(Object.keys(english))
      for (const [key, text] of Object.entries(other)) {
        // The plural parameter `n` is English only: Korean and Japanese have one form.
        const wanted = placeholders(english[key] ?? '').filter(
          (name) => name !== 'n' || !/\{n\|/.test(english[key] ?? ''),
        )
        expect(
          placeholders(text).filter((name) => name !== 'n' || wanted.includes('n')),
          `${locale} ${key}`,
        ).toEqual(wanted)
      }
    }
  })

  it('are written in their language and not left in English', async () => {
    const english = await load('en', room)
    for (const [locale, script] of [
      ['ko', /[가-힣]/],
      ['ja', /[ぁ-んァ-ヶ一-龠]/],
    ] as const) {
      const other = await load(locale, room)
      const same = Object.keys(english).filter((key) => other[key] === english[key])
      expect(same.filter((key) => !['app.name', 'panel.tab.json', 'status.took'].includes(key))).toEqual([])
      const foreign = Object.entries(other).filter(([, text]) => !script.test(text) && /[A-Za-z]{4}/.test(text))
      expect(foreign.map(([key]) => key).filter((key) => !['app.name', 'panel.tab.json'].includes(key))).toEqual([])
    }
  })

  it('are not empty and have no stray spaces', async () => {
    for (const locale of locales) {
      for (const [key, text] of Object.entries(await load(locale, room))) {
        expect(text.trim(), `${locale} ${key}`).toBe(text)
        expect(text, `${locale} ${key}`).not.toBe('')
      }
    }
  })
})

describe('keys', () => {
  it('belong to one room each', async () => {
    const all = (await Promise.all(rooms.map((room) => load('en', room)))).flatMap((messages) => Object.keys(messages))
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('formatMessage', () => {
  it('fills parameters and chooses the word by number', () => {
    const message = '{count} {n|line|lines} from {who}'
    expect(formatMessage(message, 'en', { n: 1, count: '1', who: 'kim' })).toBe('1 line from kim')
    expect(formatMessage(message, 'en', { n: 0, count: '0', who: 'kim' })).toBe('0 lines from kim')
    expect(formatMessage('{missing}', 'en')).toBe('{missing}')
    expect(placeholders(message)).toEqual(['count', 'n', 'who'])
  })
})

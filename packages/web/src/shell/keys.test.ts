import { describe, expect, it } from 'vitest'
import { detectBase } from './detect-base.ts'
import { keyName } from './keys.ts'

const press = (key: string, code: string, shiftKey = false) => ({ key, code, shiftKey })

describe('keyName', () => {
  it.each([
    [press('j', 'KeyJ'), 'j'],
    [press('E', 'KeyE', true), 'E'],
    [press(' ', 'Space'), 'Space'],
    [press('?', 'Slash', true), '?'],
    [press('ArrowDown', 'ArrowDown'), 'ArrowDown'],
    // A Hangul input method is on: the key of the letter counts.
    [press('ㅓ', 'KeyJ'), 'j'],
    [press('ㄸ', 'KeyE', true), 'E'],
    [press('Process', 'KeyK'), 'k'],
    [press('ま', 'KeyJ'), 'j'],
    // On a French keyboard the letter decides, not the place.
    [press('z', 'KeyW'), 'z'],
  ])('%o is %s', (event, name) => {
    expect(keyName(event)).toBe(name)
  })
})

describe('detectBase', () => {
  it.each([
    ['http://localhost:4100/assets/index-1.js', ''],
    ['https://x.example/logs/girok/assets/index-1.js', '/logs/girok'],
    ['http://localhost/elsewhere.js', ''],
  ])('%s: %j', (script, base) => {
    expect(detectBase(script)).toBe(base)
  })
})

import { expect, it } from 'vitest'
import { placeOfLink } from './linked-place.ts'
import { matchersOfAddress } from './silence-place.ts'

const led = (path: string, search = '') => placeOfLink(path, new URLSearchParams(search))
const filter = new URLSearchParams({ filter: '{alertname="Disk, full", host=~"web-.+"}' }).toString()

it('links of Alertmanager lead to the same things here', () => {
  expect(led('/alerts', `${filter}&receiver=team`)).toEqual([
    '/alerts',
    `?${new URLSearchParams({ q: 'alertname=Disk, full', receiver: 'team' })}`,
  ])
  const [path, search = ''] = led('/alerts/silences/new', filter) ?? []
  expect(path).toBe('/alerts/silences')
  expect(new URLSearchParams(search).get('new')).toBe('1')
  expect(matchersOfAddress(new URLSearchParams(search))).toEqual([
    { name: 'alertname', op: '=', value: 'Disk, full' },
    { name: 'host', op: '=~', value: 'web-.+' },
  ])
  expect(led('/alerts/silences/0a1b-2c')).toEqual(['/alerts/silences', '?id=0a1b-2c'])
})

it('addresses of these pages stay as they are', () => {
  for (const [path, search] of [
    ['/alerts', 'receiver=team'],
    ['/alerts/silences', 'new=1'],
    ['/alerts/rules/aa/edit', ''],
  ] as const) {
    expect(led(path, search)).toBeUndefined()
  }
})

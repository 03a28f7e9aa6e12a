import { expect, test } from 'vitest'
import { createMemoryState } from '../../../store/testing/memory-state.ts'
import { createHandClock } from '../testing/hand-clock.ts'
import { type AcknowledgementOptions, openAcknowledgements } from './create-acknowledgements.ts'

function setUp() {
  const clock = createHandClock()
  const store = createMemoryState(clock.now)
  const firing = new Map<string, number>()
  const changes: string[] = []
  const options: AcknowledgementOptions = {
    tenant: 'default',
    store,
    clock,
    firingSince: (fingerprint) => firing.get(fingerprint),
    changed: (fingerprint, change, { by, comment }) => changes.push(`${fingerprint} ${change} ${by} ${comment}`),
  }
  return { clock, store, firing, changes, options, open: () => openAcknowledgements(options) }
}

test('an alert that fires is acknowledged, which a restart does not forget', async () => {
  const { clock, firing, changes, open } = setUp()
  const startsAtMs = clock.now()
  firing.set('f1', startsAtMs)
  await clock.advance(5_000)
  await (await open()).set('f1', 'kim', 'on it')
  const again = await open()
  expect(again.of('f1', startsAtMs)).toEqual({ by: 'kim', comment: 'on it', atMs: startsAtMs + 5_000, startsAtMs })
  expect(again.of('f2', startsAtMs)).toBeUndefined()
  await again.remove('f1')
  expect(again.of('f1', startsAtMs)).toBeUndefined()
  expect((await open()).of('f1', startsAtMs)).toBeUndefined()
  expect(changes).toEqual(['f1 acknowledged kim on it', 'f1 unacknowledged kim on it'])
})

test('what does not fire, or was not acknowledged, is not found', async () => {
  const { open, changes } = setUp()
  const acknowledgements = await open()
  await expect(acknowledgements.set('f1', 'kim', '')).rejects.toMatchObject({ code: 'not_found' })
  await expect(acknowledgements.remove('f1')).rejects.toMatchObject({ code: 'not_found' })
  expect(changes).toEqual([])
})

test('an acknowledgement is of one firing, also when reports move its start back', async () => {
  const { clock, firing, open } = setUp()
  const startsAtMs = clock.now()
  firing.set('f1', startsAtMs)
  const acknowledgements = await open()
  await acknowledgements.set('f1', 'kim', '')
  expect(acknowledgements.of('f1', startsAtMs - 60_000)).toBeDefined()
  expect(acknowledgements.of('f1', startsAtMs + 1)).toBeUndefined()
})

test('it goes when its alert is over, without a word of anybody taking it back', async () => {
  const { clock, firing, changes, open } = setUp()
  firing.set('f1', clock.now())
  const acknowledgements = await open()
  await acknowledgements.set('f1', 'kim', '')
  await acknowledgements.forget('f1')
  await acknowledgements.forget('f1')
  expect((await open()).of('f1', clock.now())).toBeUndefined()
  expect(changes).toHaveLength(1)
})

test('what cannot be written does not count', async () => {
  const { clock, firing, changes, options, open } = setUp()
  firing.set('f1', clock.now())
  const broken = { load: options.store.load, put: () => Promise.reject(new Error('disk')) }
  const acknowledgements = await openAcknowledgements({ ...options, store: broken })
  await expect(acknowledgements.set('f1', 'kim', '')).rejects.toThrow('disk')
  expect(acknowledgements.of('f1', clock.now())).toBeUndefined()
  await (await open()).set('f1', 'kim', 'kept')
  const over = await openAcknowledgements({ ...options, store: broken })
  await expect(over.remove('f1')).rejects.toThrow('disk')
  expect(over.of('f1', clock.now())?.comment).toBe('kept')
  expect(changes).toHaveLength(1)
})

import { expect, it } from 'vitest'
import { joinSteps, openChain } from './chain.ts'
import { batchOf } from './testing/batches.ts'

function counter() {
  const calls: [Record<string, string>, number][] = []
  return {
    calls,
    dropped: {
      add: (labels: Readonly<Record<string, string>>, amount = 1) => void calls.push([labels, amount]),
      value: () => 0,
    },
  }
}

it('opens what is switched on and nothing else', () => {
  const batch = batchOf(['level=info'])
  const off = openChain({ 'service-name': false }, counter())
  expect(off(batch)).toBe(batch)
  const names = openChain({ 'service-name': true, 'detected-level': false }, counter())(batch)
  expect([names.streams[0]!.labels.get('service_name'), names.level[0]]).toEqual(['x', 0])
  const both = openChain({ 'service-name': true, 'detected-level': true }, counter())(batch)
  expect([both.streams[0]!.labels.get('service_name'), both.level[0]]).toEqual(['x', 3])
})

it('counts what each step drops and stops at nothing left', () => {
  const counts = counter()
  const process = joinSteps(
    [
      { name: 'sample', process: (batch) => ({ ...batch, count: 1 }) },
      { name: 'noop', process: (batch) => batch },
      { name: 'mute', process: (batch) => ({ ...batch, count: 0 }) },
      { name: 'never', process: () => expect.unreachable() },
    ],
    counts,
  )
  expect(process(batchOf(['a', 'b', 'c'])).count).toBe(0)
  expect(counts.calls).toEqual([
    [{ receiver: 'test', tenant: 't', reason: 'sample' }, 2],
    [{ receiver: 'test', tenant: 't', reason: 'mute' }, 1],
  ])
})

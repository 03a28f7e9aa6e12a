import { expect, it } from 'vitest'
import type { Driver } from '../../store/driver.ts'
import type { Run } from '../run/runs.ts'
import { askAndDecode, UnreadableAnswer } from './answer.ts'
import { readVarint } from './decode.ts'

const run = {
  lane: 'query',
  signal: new AbortController().signal,
  remainingMs: () => 1000,
  rested() {},
} as unknown as Run

function answering(answers: readonly Buffer[]): { driver: Driver; asked: () => number } {
  let asked = 0
  const driver = { query: async () => answers[asked++] ?? Buffer.alloc(0) } as unknown as Driver
  return { driver, asked: () => asked }
}

const decode = async (bytes: Buffer) => readVarint(bytes, { at: 0 })

it('asks once more for an answer that cannot be read', async () => {
  const { driver, asked } = answering([Buffer.from([0x80]), Buffer.from([5])])
  await expect(askAndDecode(driver, 'SELECT 5', run, decode)).resolves.toBe(5)
  expect(asked()).toBe(2)
})

it('fails when the second cannot be read either, and at once for any other reason', async () => {
  const { driver, asked } = answering([Buffer.from([0x80]), Buffer.from([0x80])])
  await expect(askAndDecode(driver, 'SELECT 5', run, decode)).rejects.toBeInstanceOf(UnreadableAnswer)
  expect(asked()).toBe(2)
  const other = answering([])
  const refuse = async () => {
    throw new Error('too many series')
  }
  await expect(askAndDecode(other.driver, 'SELECT 5', run, refuse)).rejects.toThrow('too many series')
  expect(other.asked()).toBe(1)
})

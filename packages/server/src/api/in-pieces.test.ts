import { expect, test } from 'vitest'
import { jsonList } from './in-pieces.ts'

const values = function* (count: number) {
  for (let i = 0; i < count; i++) yield { i, text: 'x'.repeat(50) }
}

async function whole(body: unknown): Promise<string> {
  if (typeof body === 'string') return body
  const pieces: string[] = []
  for await (const piece of body as AsyncIterable<string>) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(1)
  return pieces.join('')
}

test('a short list is one text, a long one the same in pieces', async () => {
  expect(jsonList('{"all":', values(0), () => '}')).toEqual({
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: '{"all":[]}\n',
  })
  expect(jsonList('{"all":', values(2), () => '}').body).toBe(`${JSON.stringify({ all: [...values(2)] })}\n`)
  const { body } = jsonList('{"all":', values(5_000), () => ',"more":1}')
  expect(JSON.parse(await whole(body))).toEqual({ all: [...values(5_000)], more: 1 })
})

test('a long list lets others have their turns in between', async () => {
  let turns = 0
  let isDone = false
  const count = (): void => {
    turns++
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  const slow = function* () {
    for (const value of values(40)) {
      const end = performance.now() + 3
      while (performance.now() < end);
      yield { ...value, text: 'x'.repeat(10_000) }
    }
  }
  const text = await whole(jsonList('', slow(), () => '').body)
  isDone = true
  expect(JSON.parse(text)).toHaveLength(40)
  // Each value takes longer than one stretch; those that fill the first piece are read before anything is sent.
  expect(turns).toBeGreaterThan(20)
})

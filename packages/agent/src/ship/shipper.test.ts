import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../spool/testing/records.ts'
import { answer, farEnd, half, hang, reset, trickle } from './testing/far-end.ts'
import { lines, linesIn, samples, shipping } from './testing/shipping.ts'

describe('a shipper', () => {
  it('sends lines and samples in order, with key, tenant, token and headers', async () => {
    await using end = await farEnd()
    await using ship = await shipping({ type: 'girok', url: `${end.url}/base/`, token: 't', tenant: 'own', headers: { 'x-a': 'b' } }) // biome-ignore format: one line
    await ship.spool.append(lines('one', 'two'))
    await ship.spool.append({ ...lines('three'), tenant: 'theirs' })
    await ship.spool.append(samples(1, 2, 3))
    await ship.delivered()
    expect(end.seen.map(({ url }) => url)).toEqual(['/base/loki/api/v1/push', '/base/loki/api/v1/push', '/base/api/v1/write']) // biome-ignore format: one line
    expect(end.seen.slice(0, 2).map(({ body }) => linesIn(body))).toEqual([['one', 'two'], ['three']])
    expect(end.seen.map(({ headers }) => headers['x-scope-orgid'])).toEqual(['own', 'theirs', 'own'])
    expect(new Set(end.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(3)
    expect(end.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer t',
      'content-type': 'application/x-protobuf',
      'x-a': 'b',
    })
    expect(end.seen[2]?.headers).toMatchObject({ 'content-encoding': 'snappy' })
    const bytes = end.seen.reduce((sum, { body }) => sum + body.length, 0)
    expect(ship.status()).toMatchObject({
      url: `${end.url}/base`,
      sent: { records: 3, lines: 3, samples: 3, bytes },
      rejected: 0,
      retries: 0,
    })
    expect(ship.status().lastError).toBeUndefined()
  })

  it('sends the same again under the same key until it is taken', async () => {
    const bad = [reset, half, hang, trickle, answer(500), answer(503, 'busy'), answer(408), answer(425), answer(507)]
    await using end = await farEnd([...bad])
    await using ship = await shipping({ type: 'girok', url: end.url, timeout: '150ms' })
    await ship.spool.append(lines('one'))
    await ship.spool.append(lines('two'))
    await ship.delivered()
    const keys = end.seen.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys.slice(0, bad.length + 1)).size).toBe(1)
    expect(end.seen.map(({ body }) => linesIn(body)[0])).toEqual([...bad.map(() => 'one'), 'one', 'two'])
    expect(ship.status()).toMatchObject({ retries: bad.length, rejected: 0, sent: { records: 2 } })
    // Said once, and that it is over.
    expect(ship.said).toHaveLength(2)
    expect(ship.said[1]).toBe('girok takes what is sent again')
  })

  it('waits as long as Retry-After says', async () => {
    const date = () => new Date(Date.now() + 2000).toUTCString()
    await using end = await farEnd([
      answer(429, 'slow down', { 'retry-after': '1' }),
      (response) => void response.writeHead(503, { 'retry-after': date() }).end(),
    ])
    await using ship = await shipping({ type: 'loki', url: end.url })
    await ship.spool.append(lines('one'))
    await expect.poll(() => ship.status().lastError).toBe('answers 429: slow down')
    await ship.delivered()
    const [first, second, third] = end.seen.map(({ atMs }) => atMs)
    expect(second! - first!).toBeGreaterThanOrEqual(990)
    expect(third! - second!).toBeGreaterThanOrEqual(900)
  })

  it('asks again when somebody may mend the configuration, and takes a new token from its file', async () => {
    using folder = temporaryFolder()
    const tokenFile = join(folder.path, 'token')
    await using end = await farEnd()
    end.otherwise = (response, { headers }) => {
      response.writeHead(headers.authorization === 'Bearer good' ? 204 : 401).end('no such token')
    }
    await using ship = await shipping({ type: 'girok', url: end.url, tokenFile })
    await ship.spool.append(lines('one'))
    await expect.poll(() => ship.status().lastError).toContain('ENOENT')
    writeFileSync(tokenFile, 'bad\n')
    await expect.poll(() => ship.status().lastError).toBe('answers 401: no such token')
    writeFileSync(tokenFile, 'good\n')
    await ship.delivered()
    end.answers.push(answer(404, 'nothing here'), answer(302, '', { location: 'https://elsewhere/' }))
    await ship.spool.append(lines('two'))
    await expect.poll(() => ship.status().lastError).toContain('302 and sends requests on to https://elsewhere/')
    await ship.delivered()
    expect(ship.status()).toMatchObject({ rejected: 0, sent: { lines: 2 } })
  })

  it('gives up what can never be taken, and counts it with the words of the server', async () => {
    await using end = await farEnd([answer(400, `<html>${'x'.repeat(1000)}`), answer(422, 'no streams'), answer(204)])
    await using ship = await shipping({ type: 'girok', url: end.url })
    await ship.spool.append(lines('one', 'two'))
    await ship.spool.append(lines('three'))
    await ship.spool.append(lines('four'))
    await ship.delivered()
    expect(end.seen).toHaveLength(3)
    expect(ship.status()).toMatchObject({ rejected: 3, lastRejection: 'answers 422: no streams', retries: 0, sent: { lines: 1 } }) // biome-ignore format: one line
    expect(ship.said[0]).toContain(`answers 400: <html>${'x'.repeat(294)}"`)
  })

  it('counts only what a push was refused of', async () => {
    await using end = await farEnd([
      answer(400, '2 errors like: entry for stream \'{app="demo"}\' has timestamp too old: 2020-01-01T00:00:00Z\n'),
      answer(400, 'entry too far behind,\nuser \'fake\', total ignored: 3 out of 4 for stream: {app="demo"}'),
      answer(400, 'max entry size exceeded\nanother kind of fault'),
    ])
    await using ship = await shipping({ type: 'loki', url: end.url })
    for (let i = 0; i < 3; i++) await ship.spool.append(lines('a', 'b', 'c', 'd'))
    await ship.delivered()
    expect(ship.status()).toMatchObject({ rejected: 7, sent: { records: 3, lines: 5 } })
  })

  it('halves what is too large until it is taken, always alike, and gives up single lines', async () => {
    await using end = await farEnd()
    const tooLarge = new Set<string>()
    end.otherwise = (response, { body, headers }) => {
      const texts = linesIn(body)
      if (texts.length <= 2 && !texts.includes('huge')) {
        response.writeHead(204).end()
        return
      }
      tooLarge.add(headers['idempotency-key'] as string)
      response.writeHead(413).end('at most two lines')
    }
    await using ship = await shipping({ type: 'girok', url: end.url })
    await ship.spool.append(lines('1', '2', '3', 'huge', '5', '6', '7'))
    // A fault in the middle: the halves that were taken are not sent again by the same process.
    end.answers.push(answer(413), answer(413), answer(500))
    await ship.delivered()
    const taken = end.seen.filter(({ headers }) => !tooLarge.has(headers['idempotency-key'] as string))
    const key = end.seen[0]?.headers['idempotency-key'] as string
    const all = taken.filter(({ body }) => linesIn(body).length <= 2).map(({ body, headers }) => [
      (headers['idempotency-key'] as string).slice(key.length),
      linesIn(body),
    ]) // biome-ignore format: pairs
    expect(all).toEqual([
      ['/1/1', ['1']],
      ['/1/1', ['1']],
      ['/1/2', ['2', '3']],
      ['/2/1/2', ['5']],
      ['/2/2', ['6', '7']],
    ])
    expect(ship.status()).toMatchObject({ rejected: 1, sent: { records: 1, lines: 6 }, retries: 1 })
    expect(ship.status().lastRejection).toBe('one line by itself is too large: answers 413: at most two lines')
  })

  it('passes over samples where there is no place for them', async () => {
    await using end = await farEnd()
    await using ship = await shipping({ type: 'loki', url: `${end.url}/loki/api/v1/push` }, { type: 'remote-write', url: `${end.url}/rw?x=1` }) // biome-ignore format: one line
    await ship.spool.append(samples(1, 2))
    await ship.spool.append(lines('one'))
    await ship.delivered()
    expect(end.seen.map(({ url }) => url).sort()).toEqual(['/loki/api/v1/push', '/rw?x=1'])
    expect(ship.shippers.status().map(({ skipped }) => skipped)).toEqual([2, 1])
    expect(ship.said).toEqual([
      'loki (loki) takes no samples: they are not sent there',
      'remote-write (remote-write) takes no lines: they are not sent there',
    ])
  })

  it('does not let one destination wait for another', async () => {
    await using slow = await farEnd()
    slow.otherwise = hang
    await using quick = await farEnd()
    await using ship = await shipping({ type: 'girok', name: 'slow', url: slow.url, timeout: '60s' }, { type: 'girok', name: 'quick', url: quick.url }) // biome-ignore format: one line
    for (let i = 0; i < 20; i++) await ship.spool.append(lines(`${i}`))
    await expect.poll(() => ship.shippers.status()[1]?.sent.records).toBe(20)
    expect(ship.shippers.status()[0]).toMatchObject({ sent: { records: 0 }, backlog: { records: 20 } })
    // Its connections break: the end need not wait for the request that hangs.
    await slow[Symbol.asyncDispose]()
  })

  it('lets the running request end when it stops, and keeps the rest', async () => {
    await using end = await farEnd([(response) => void setTimeout(() => response.writeHead(204).end(), 200)])
    await using ship = await shipping({ type: 'girok', url: end.url })
    await ship.spool.append(lines('one'))
    await ship.spool.append(lines('two'))
    await expect.poll(() => end.seen.length).toBe(1)
    await ship.shippers.stop()
    expect(ship.status()).toMatchObject({ sent: { records: 1 }, backlog: { records: 1 } })
    expect(end.seen).toHaveLength(1)
  })

  it('comes to rest when the spool is closed before it', async () => {
    await using end = await farEnd()
    end.otherwise = answer(503)
    await using ship = await shipping({ type: 'girok', url: end.url })
    await ship.spool.append(lines('one'))
    await expect.poll(() => ship.status().retries).toBeGreaterThan(0)
    await ship.spool.close()
    await ship.shippers.stop()
    expect(ship.status().sent.records).toBe(0)
  })

  it('uses one connection, and a new one when that has gone', async () => {
    await using end = await farEnd()
    const sockets = new Set<unknown>()
    end.otherwise = (response) => {
      sockets.add(response.socket)
      response.writeHead(204).end()
    }
    await using ship = await shipping({ type: 'girok', url: end.url })
    for (let i = 0; i < 10; i++) await ship.spool.append(lines(`${i}`))
    await ship.delivered()
    expect(sockets.size).toBe(1)
    end.dropIdle()
    await ship.spool.append(lines('more'))
    await ship.delivered()
    expect(sockets.size).toBe(2)
  })

  it('says who does not answer, without passwords', async () => {
    const { url } = await farEnd().then(async (end) => {
      await end[Symbol.asyncDispose]()
      return end
    })
    await using ship = await shipping({ type: 'girok', url: url.replace('//', '//user:secret@') })
    await ship.spool.append(lines('one'))
    await expect.poll(() => ship.status().lastError).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/)
    expect(ship.status().url).toBe(url)
    expect(ship.said.join()).not.toContain('secret')
  })

  it.each([
    [{ token: 'a', tokenFile: '/b' }, 'give one of token, tokenFile, basic and a user in the url, not several'],
    [
      { basic: { username: 'a', password: 'b', passwordFile: 'c' } },
      'give one of basic.password and basic.passwordFile',
    ],
    [{ url: 'https://localhost', tls: { cert: 'a' } }, 'tls.cert and tls.key belong together'],
    [{ url: 'https://localhost', tls: { ca: '/no/ca.pem' } }, 'tls.ca: cannot read /no/ca.pem: ENOENT'],
  ])('refuses %j', async (options, message) => {
    await expect(shipping({ type: 'girok', url: 'http://localhost', ...options })).rejects.toThrow(message)
  })
})

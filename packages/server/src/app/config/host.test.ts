import { expect, test } from 'vitest'
import { isLoopback } from './host.ts'

test.each([
  '127.0.0.1',
  '127.9.9.9',
  '::1',
  '[::1]',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
  'localhost',
  'a.LOCALHOST',
])('%s is this machine alone', (host) => expect(isLoopback(host)).toBe(true))

test.each([
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  '::2',
  '::ffff:10.0.0.1',
  'example.com',
  '127.0.0.1.nip.io',
  'localhost.example.com',
  '',
])('%s may be reached from outside', (host) => expect(isLoopback(host)).toBe(false))

import { z } from 'zod'
import { choice, count, duration, flag, list, optionalText, text } from '../../model/options/kinds.ts'
import { tenantOption } from '../listen/options.ts'

const KEY = { allowed: 'keys, or patterns with * ? [ ]', pattern: /^[^\0]{1,512}$/ }
const NAME = { allowed: '1 to 100 letters, digits or . _ : -', pattern: /^[\w.:-]{1,100}$/ }

/** Entries of one batch at most; all that one consumer can have left behind, whatever `batchSize` was then. */
export const MAX_BATCH = 10_000

export const redisOptions = z.strictObject({
  url: optionalText({
    allowed: 'redis://[user:password@]host[:port][/database], or rediss://… for TLS',
    pattern: /^rediss?:\/\/\S+$/,
    secret: true,
  }).describe('The Redis server to read from. Unset: nothing is read.'),
  password: optionalText({ secret: true }).describe('Password, where it does not stand in the URL.'),
  ca: optionalText({ allowed: 'a file path' }).describe('PEM file with the authority of the server, for rediss://.'),
  streams: list(KEY, ['log_stream']).describe('Keys or patterns of streams.'),
  lists: list(KEY, ['logs:*']).describe('Keys or patterns of lists. What is stored is taken out of them.'),
  mirrored: flag(true).describe(
    'Producers put each event into a stream and into a list, as @girok/sdk does: lists are left alone once a stream has had entries.',
  ),
  group: text('girok', NAME).describe('Consumer group of the streams. Servers of one group share the entries.'),
  consumer: optionalText(NAME).describe('Name of this server within the group. Unset: the name of the machine.'),
  start: choice(['beginning', 'end'], 'beginning').describe('Where in a stream a group that is made begins.'),
  field: optionalText().describe('Field of a stream entry that becomes the line. Unset: found by its name.'),
  oldest: choice(['tail', 'head'], 'tail').describe(
    'End of a list at which the oldest is: tail where producers LPUSH.',
  ),
  afterwards: choice(['keep', 'delete'], 'keep').describe('What becomes of stream entries that are stored.'),
  batchSize: count(2000, { min: 1, max: MAX_BATCH }).describe('Entries that are read and stored at once.'),
  claimIdle: duration('1m', { min: '1s', max: '1d' }).describe(
    'Entries that another consumer of the group has read and not acknowledged for so long are taken over.',
  ),
  tenant: tenantOption('Tenant of what is read. Unset: tenancy.default.'),
})

export type RedisOptions = z.output<typeof redisOptions>

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { datagramOptions } from '../../ingest/listen/options.ts'
import { type ReceiverPart, receiverManual } from './receiver-manual.ts'

const path = join(import.meta.dirname, '../../../../../docs/receivers.md')

// After a change of a receiver's declaration `npx vitest run packages/server/src/app/config -u` writes the file anew.
test('docs/receivers.md says what the receivers declare', async () => {
  await expect(receiverManual(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path)
})

const gelf: ReceiverPart = {
  name: 'gelf',
  summary: 'GELF',
  options: z.strictObject({ udp: datagramOptions(12_201, 'GELF over UDP.') }),
  example: 'send "$URL" to $\u007bHOST} $PORT_UDP $OTHER',
  snippets: [{ title: 'Docker', language: 'yaml', text: 'address: udp://$HOST:$PORT_UDP\n' }],
}
const beats: ReceiverPart = { name: 'beats', summary: 'Beats', options: z.strictObject({}), example: 'beat "$URL"' }

test('fills in usual addresses, adds missing sections, keeps what is written around the marks', () => {
  const text =
    '# R\n\n## The receivers\n\nWords.\n\n### gelf\n\nBefore.\n\n<!-- declared -->\nold\n<!-- /declared -->\n\nAfter.\n'
  const made = receiverManual(text, [gelf, beats])
  expect(made.indexOf('### beats')).toBeLessThan(made.indexOf('### gelf'))
  expect(made).toContain('```sh\nsend "http://127.0.0.1:4100" to 127.0.0.1 12201 $OTHER\n```')
  expect(made).toContain('Docker:\n\n```yaml\naddress: udp://127.0.0.1:12201\n```\n<!-- /declared -->\n\nBefore.')
  expect(made).toContain('Ports: `receivers.gelf.udp.port` (usually 12201).')
  expect(made).toMatch(/^# R\n\n## The receivers\n\nWords\.\n\n### beats/)
  expect(made).toContain('After.')
  expect(made).not.toContain('old')
  expect(receiverManual(made, [gelf, beats])).toBe(made)
})

test('refuses a page without the chapter, and sections of no receiver', () => {
  expect(() => receiverManual('# R\n', [])).toThrow('lost its chapter')
  expect(() => receiverManual('\n## The receivers\n\n### gelv\n', [gelf])).toThrow('"gelv", which is no receiver')
})

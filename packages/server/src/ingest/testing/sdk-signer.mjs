// Signs requests by the signer of AWS's SDK: one JSON line in, one out. A process of its own, because that package cannot
// be loaded under the conditions by which our tests resolve modules.
import { createHash, createHmac } from 'node:crypto'
import { createInterface } from 'node:readline'
import { SignatureV4 } from '@smithy/signature-v4'

class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }

  update(data) {
    this.hash.update(data)
  }

  async digest() {
    return this.hash.digest()
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { service, region, credentials, request, atMs } = JSON.parse(line)
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 })
  const body = Buffer.from(request.body)
  const { headers } = await signer.sign({ ...request, body }, { signingDate: new Date(atMs) })
  process.stdout.write(`${JSON.stringify(headers)}\n`)
}

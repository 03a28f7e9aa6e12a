import { expect, test } from 'vitest'
import { sha256, signedHeaders } from './sign.ts'

/** The examples that AWS publishes with the rules of the signature. */
const CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const MOMENT = Date.UTC(2013, 4, 24)
const HOST = 'https://examplebucket.s3.amazonaws.com'

test.for([
  [
    { method: 'GET', url: `${HOST}/test.txt`, headers: { range: 'bytes=0-9' }, payloadHash: sha256('') },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    {
      method: 'PUT',
      url: `${HOST}/test%24file.text`,
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      payloadHash: sha256('Welcome to Amazon S3.'),
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    { method: 'GET', url: `${HOST}/?lifecycle`, headers: {}, payloadHash: sha256('') },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    { method: 'GET', url: `${HOST}/?max-keys=2&prefix=J`, headers: {}, payloadHash: sha256('') },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
] as const)('a request is signed as the published example %#', ([request, signature]) => {
  const headers = signedHeaders({ ...request, url: new URL(request.url) }, CREDENTIALS, 'us-east-1', MOMENT)
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20130524\/us-east-1\/s3\/aws4_request,SignedHeaders=/,
  )
  expect(headers.authorization?.split('Signature=')[1]).toBe(signature)
})

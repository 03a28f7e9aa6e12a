import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { bytes, duration } from '../model/units.ts'
import type { S3Credentials } from './sign.ts'

/** Where files are uploaded to: AWS S3 or anything that speaks its protocol. */
export const s3Options = v.strictObject({
  /** `https://s3.example.org`; default that of AWS for the region. */
  endpoint: v.optional(
    v.pipe(
      v.string(),
      v.url('is no URL'),
      v.check((url) => /^https?:/.test(url), 'begins with http:// or https://'),
    ),
  ),
  region: v.optional(v.string(), 'us-east-1'),
  bucket: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/, 'is no name of a bucket')),
  /** Before the name of each file: `logs/`. */
  prefix: v.optional(v.string(), ''),
  /** The bucket stands in the path instead of the host's name; default with an endpoint of one's own. */
  pathStyle: v.optional(v.boolean()),
  accessKeyIdFile: v.optional(v.string()),
  secretAccessKeyFile: v.optional(v.string()),
  /** Variables of the environment, where there are no files. */
  accessKeyIdEnv: v.optional(v.string(), 'AWS_ACCESS_KEY_ID'),
  secretAccessKeyEnv: v.optional(v.string(), 'AWS_SECRET_ACCESS_KEY'),
  sessionTokenEnv: v.optional(v.string(), 'AWS_SESSION_TOKEN'),
  storageClass: v.optional(v.string()),
  /** Larger files are sent in parts of at least this. */
  partBytes: bytes('64MiB', 5 * 1024 * 1024),
  /** Without a byte sent or received for so long, a try has failed. */
  timeout: duration('60s', 100),
  /** Tries of one request. */
  tries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)), 6),
})

export type S3Options = v.InferOutput<typeof s3Options>

/** @throws Error that says which variable or file is missing */
export function credentialsOf(options: S3Options): S3Credentials {
  const { accessKeyIdFile, secretAccessKeyFile, accessKeyIdEnv, secretAccessKeyEnv, sessionTokenEnv } = options
  const sessionToken = accessKeyIdFile === undefined ? process.env[sessionTokenEnv] : undefined
  return {
    accessKeyId: secretOf(accessKeyIdFile, accessKeyIdEnv),
    secretAccessKey: secretOf(secretAccessKeyFile, secretAccessKeyEnv),
    ...(sessionToken && { sessionToken }),
  }
}

function secretOf(file: string | undefined, variable: string): string {
  const value = file === undefined ? process.env[variable] : readFileSync(file, 'utf8').trim()
  if (value) return value
  throw new Error(file === undefined ? `the variable ${variable} is not set` : `${file} is empty`)
}

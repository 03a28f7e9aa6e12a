import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { flag } from '../../model/options/kinds.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { type AccessKey, accessKeysOption, parseAccessKeys } from '../cloudwatch/access-keys.ts'
import { AwsError, awsAnswer, renderAwsError } from '../cloudwatch/error.ts'
import { LogGroups } from '../cloudwatch/groups.ts'
import { OPERATIONS, sequenceToken } from '../cloudwatch/operations.ts'
import { readParameters } from '../cloudwatch/parameters.ts'
import { decodePutLogEvents, type PutEvents } from '../cloudwatch/put-log-events.ts'
import { readCredential, verifySignature } from '../cloudwatch/signature.ts'
import { bearerToken } from '../credentials.ts'
import { headerOf } from '../headers.ts'
import { Intake, textBodyOf } from '../intake.ts'
import { defineReceiver, type ReceiverContext, type ReceiverRequest, type ReceiverResponse } from '../receiver.ts'

const NAME = 'cloudwatch'
const SERVICE = 'logs'
const TARGET = 'Logs_20140328.'

const options = z.strictObject({
  accessKeys: accessKeysOption.describe(
    'Access keys that senders sign with. None: refused while the server needs tokens, else the signature is not verified.',
  ),
  allowUnsigned: flag(false).describe('Takes requests without a signature; where the server needs tokens, by a token.'),
})

/**
 * The part of CloudWatch Logs that senders use. Requests are signed by AWS Signature Version 4. Answers and errors are the
 * service's: PutLogEvents tells which events were too old or too new; after an error nothing of the request was stored.
 */
export const cloudwatch = defineReceiver<z.output<typeof options>>({
  name: NAME,
  summary: 'Amazon CloudWatch Logs (PutLogEvents): AWS SDKs, Docker, CloudWatch agents with another endpoint',
  options,
  example: `curl -fsS "$URL/" --aws-sigv4 aws:amz:eu-central-1:logs --user AKIDEXAMPLE:SECRET -H 'Content-Type: application/x-amz-json-1.1' -H 'X-Amz-Target: Logs_20140328.PutLogEvents' -d "{\\"logGroupName\\":\\"demo\\",\\"logStreamName\\":\\"web-1\\",\\"logEvents\\":[{\\"timestamp\\":$(date +%s)000,\\"message\\":\\"hello from curl\\"}]}"`,
  exampleOptions: { accessKeys: 'AKIDEXAMPLE:SECRET' },
  snippets: [
    {
      title: 'AWS SDK for JavaScript',
      language: 'javascript',
      text: `const client = new CloudWatchLogsClient({\n  endpoint: '$URL',\n  region: 'eu-central-1',\n  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'SECRET' },\n})`,
    },
    {
      title: "Python's logging (watchtower)",
      language: 'python',
      text: `client = boto3.client("logs", endpoint_url="$URL", region_name="eu-central-1",
                      aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="SECRET")
logging.getLogger().addHandler(watchtower.CloudWatchLogHandler(log_group_name="demo", boto3_client=client))`,
    },
    {
      title: 'Docker',
      language: 'sh',
      text: '# dockerd runs with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\ndocker run --log-driver awslogs --log-opt awslogs-endpoint=$URL --log-opt awslogs-region=eu-central-1 --log-opt awslogs-group=demo IMAGE',
    },
  ],
  open: ({ accessKeys, allowUnsigned }, context) => {
    const intake = new Intake(NAME, context, renderAwsError)
    const keys = parseAccessKeys(accessKeys)
    const directory = new StreamDirectory()
    const groups = new LogGroups()
    const refuse = (error: GirokError) => intake.refuse(error)
    return {
      routes: [
        {
          method: 'POST',
          path: '/',
          access: 'own',
          applies: (request) => headerOf(request, 'x-amz-target').startsWith(TARGET),
          refuse,
          handle: async (given) => {
            let tenant = context.tenant
            try {
              tenant = tenantOf(given, keys, allowUnsigned, context)
              const request = { ...given, tenant }
              const operation = headerOf(request, 'x-amz-target').slice(TARGET.length)
              if (operation === 'PutLogEvents') return await put(request, intake, context, directory, groups)
              const act = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
              if (act === undefined) {
                const known = ['PutLogEvents', ...Object.keys(OPERATIONS)].join(', ')
                throw new AwsError('UnknownOperationException', `only ${known} are understood`)
              }
              return act(groups, tenant, readParameters(await textBodyOf(request, context.limits)), context.now())
            } catch (error) {
              if (!(error instanceof GirokError)) throw error
              const response = refuse(error)
              context.rejected({ receiver: NAME, tenant, status: response.status, reason: error.message })
              return response
            }
          },
        },
      ],
    }
  },
})

/** Verifies who sends. Throws AwsError, or what the server's check of tokens throws. */
function tenantOf(
  request: ReceiverRequest,
  keys: ReadonlyMap<string, AccessKey>,
  allowUnsigned: boolean,
  context: ReceiverContext,
): string {
  if (allowUnsigned && !headerOf(request, 'authorization').startsWith('AWS4-')) {
    return context.authenticate(bearerToken(request.headers, request.query)).tenant
  }
  const credential = readCredential(request.headers, context.now(), SERVICE)
  if (keys.size === 0 && !context.tokensRequired()) return context.tenant
  const key = keys.get(credential.id)
  if (key === undefined) {
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid: the access key is not in receivers.cloudwatch.accessKeys',
    )
  }
  verifySignature(request, credential, key)
  return key.tenant ?? context.tenant
}

function put(
  request: ReceiverRequest,
  intake: Intake,
  context: ReceiverContext,
  directory: StreamDirectory,
  groups: LogGroups,
): Promise<ReceiverResponse> {
  const { tenant } = request
  const nowMs = context.now()
  let events: PutEvents | undefined
  return intake.handle(
    request,
    async () => {
      const body = await textBodyOf(request, context.limits)
      events = decodePutLogEvents(body, { tenant, receiver: NAME, limits: context.limits, directory, nowMs })
      return events.assembled
    },
    () => {
      const { group, stream, firstMs, lastMs, rejected } = events!
      const requests = groups.put(tenant, group, stream, firstMs, lastMs, nowMs)
      return awsAnswer({ nextSequenceToken: sequenceToken(requests), rejectedLogEventsInfo: rejected })
    },
  )
}

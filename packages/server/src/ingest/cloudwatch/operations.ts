import type { ReceiverResponse } from '../receiver.ts'
import { awsAnswer } from './error.ts'
import type { LogGroup, LogGroups, LogStream } from './groups.ts'
import { groupNameOf, invalid, type Parameters, streamNameOf } from './parameters.ts'

/** Days that the service knows. */
const RETENTION_DAYS: readonly unknown[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]
const MAX_PAGE = 50
const ARN = 'arn:aws:logs:local:000000000000:log-group'

type Operation = (groups: LogGroups, tenant: string, given: Parameters, nowMs: number) => ReceiverResponse

/** Operations on groups and streams, by the name in `X-Amz-Target`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateLogGroup: (groups, tenant, given, nowMs) => {
    groups.createGroup(tenant, groupNameOf(given.get('logGroupName')), nowMs)
    return awsAnswer()
  },

  CreateLogStream: (groups, tenant, given, nowMs) => {
    const group = groupNameOf(given.get('logGroupName'))
    groups.createStream(tenant, group, streamNameOf(given.get('logStreamName')), nowMs)
    return awsAnswer()
  },

  // Remembered and listed, nothing else: how long records stay is the server's to say.
  PutRetentionPolicy: (groups, tenant, given, nowMs) => {
    const days = given.get('retentionInDays')
    if (typeof days !== 'number' || !RETENTION_DAYS.includes(days)) {
      throw invalid('retentionInDays', days, `Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`)
    }
    groups.retain(tenant, groupNameOf(given.get('logGroupName')), days, nowMs)
    return awsAnswer()
  },

  DescribeLogGroups: (groups, tenant, given) => {
    const prefix = optionalText(given, 'logGroupNamePrefix')
    const { items, nextToken } = page(groups.groups(tenant, prefix), given)
    return awsAnswer({ logGroups: items.map(groupTold), ...nextToken })
  },

  DescribeLogStreams: (groups, tenant, given) => {
    const group = groupNameOf(given.get('logGroupName'))
    const streams = groups.streams(tenant, group, optionalText(given, 'logStreamNamePrefix'))
    if (given.get('orderBy') === 'LastEventTime') {
      streams.sort((a, b) => (a.lastEventMs ?? 0) - (b.lastEventMs ?? 0))
    }
    if (given.get('descending') === true) streams.reverse()
    const { items, nextToken } = page(streams, given)
    return awsAnswer({ logStreams: items.map((stream) => streamTold(group, stream)), ...nextToken })
  },
}

/** What putting events answers as the next token; clients of today ignore it, older ones send it back. */
export function sequenceToken(requests: number): string {
  return String(requests).padStart(56, '0')
}

function page<T>(all: readonly T[], given: Parameters): { items: readonly T[]; nextToken?: { nextToken: string } } {
  const limit = given.get('limit') ?? MAX_PAGE
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalid('limit', limit, `Member must have value from 1 to ${MAX_PAGE}`)
  }
  const token = given.get('nextToken') ?? '0'
  if (typeof token !== 'string' || !/^\d{1,9}$/.test(token)) {
    throw invalid('nextToken', token, 'The specified nextToken is invalid.')
  }
  const from = Number(token)
  const items = all.slice(from, from + limit)
  return from + limit < all.length ? { items, nextToken: { nextToken: String(from + limit) } } : { items }
}

function optionalText(given: Parameters, name: string): string {
  const value = given.get(name) ?? ''
  if (typeof value !== 'string') throw invalid(name, value, 'Member must be a text')
  return value
}

function groupTold({ name, createdMs, retentionInDays }: LogGroup) {
  const arn = `${ARN}:${name}:*`
  return { logGroupName: name, creationTime: createdMs, retentionInDays, metricFilterCount: 0, arn, storedBytes: 0 }
}

function streamTold(group: string, stream: LogStream) {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdMs,
    firstEventTimestamp: stream.firstEventMs,
    lastEventTimestamp: stream.lastEventMs,
    lastIngestionTime: stream.lastIngestionMs,
    uploadSequenceToken: sequenceToken(stream.requests),
    arn: `${ARN}:${group}:log-stream:${stream.name}`,
    storedBytes: 0,
  }
}

import type { Receiver } from '../receiver.ts'
import { beacon } from './beacon.ts'
import { cloudwatch } from './cloudwatch.ts'
import { elasticsearch } from './elasticsearch.ts'
import { firehose } from './firehose.ts'
import { fluent } from './fluent.ts'
import { gelf } from './gelf.ts'
import { json } from './json.ts'
import { loki } from './loki.ts'
import { otlp } from './otlp.ts'
import { redis } from './redis.ts'
import { remoteWrite } from './remote-write.ts'
import { splunk } from './splunk.ts'
import { statsd } from './statsd.ts'
import { syslog } from './syslog.ts'

/** Every receiver. Adding one means a file here and a line in this table. */
export const receivers: readonly Receiver<unknown>[] = [
  beacon as Receiver<unknown>,
  cloudwatch as Receiver<unknown>,
  elasticsearch as Receiver<unknown>,
  firehose as Receiver<unknown>,
  fluent as Receiver<unknown>,
  gelf as Receiver<unknown>,
  json as Receiver<unknown>,
  loki as Receiver<unknown>,
  otlp as Receiver<unknown>,
  redis as Receiver<unknown>,
  remoteWrite as Receiver<unknown>,
  splunk as Receiver<unknown>,
  statsd as Receiver<unknown>,
  syslog as Receiver<unknown>,
]

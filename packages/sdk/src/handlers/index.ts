export { callSite } from '../source.ts'
export { type ConsoleOptions, consoleHandler } from './console.ts'
export { type ElasticsearchOptions, elasticsearchHandler } from './elasticsearch.ts'
export { type AtExit, isExiting, registerAtExit } from './exit.ts'
export type { Durability, FileStats } from './files/appender.ts'
export { type DailyFileOptions, dailyFileHandler } from './files/daily.ts'
export { fileHandler, type SingleFileOptions } from './files/file.ts'
export type { FileHandler, FileOptions } from './files/handler.ts'
export { type RotatingFileOptions, rotatingFileHandler } from './files/rotating.ts'
export type { When } from './files/schedule.ts'
export { parseSize } from './files/size.ts'
export { type DatedFileOptions, type TimedRotatingFileOptions, timedRotatingFileHandler } from './files/timed.ts'
export { type TimestampedPathOptions, timestampedPath } from './files/timestamped-path.ts'
export { type GirokOptions, girokHandler } from './girok.ts'
export { type HttpFormat, type HttpOptions, httpHandler } from './http.ts'
export { type LokiOptions, lokiHandler } from './loki.ts'
export { type MemoryHandler, type MemoryOptions, memoryHandler } from './memory.ts'
export { type OtlpOptions, otlpHandler } from './otlp.ts'
export { type RedisClient, type RedisHandler, type RedisOptions, type RedisReply, redisHandler } from './redis.ts'
export type { Batch, Destination, Outcome, RetryOutcome } from './remote/destination.ts'
export type { HttpAccess } from './remote/endpoint.ts'
export { createRecordIds } from './remote/keys.ts'
export type {
  DropReason,
  OverflowPolicy,
  RemoteHandler,
  RemoteOptions,
  RemoteStats,
  SpoolOptions,
} from './remote/options.ts'
export { createRemoteHandler } from './remote/remote.ts'
export { isRetryable, retryDelayMs } from './remote/retry.ts'
export { type SlackOptions, slackHandler } from './slack.ts'
export { type Mail, type MailTransport, type SmtpOptions, smtpHandler } from './smtp.ts'
export { type Facility, type Framing, type SyslogOptions, syslogHandler, type TlsOptions } from './syslog.ts'

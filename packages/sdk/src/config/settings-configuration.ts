import { basename, dirname, extname, join } from 'node:path'
import { LEVELS, levelValue } from '../level.ts'
import type { LogSettings } from './settings.ts'
import type { HandlerEntry, LoggingConfiguration } from './types.ts'

/** Loggers that web frameworks log under, ours and those that configurations of Python name. */
const FRAMEWORKS = ['fastify', 'express', 'uvicorn', 'fastapi']

/**
 * The configuration that settings mean: console on standard output, two files a day (all records, and errors) unless it is
 * for debugging, a file rotated by size when one is named, and what is sent over a network.
 */
export function settingsConfiguration(settings: LogSettings): LoggingConfiguration {
  const handlers: Record<string, HandlerEntry> = {
    console: { kind: 'console', stream: 'stdout', formatter: 'form' },
    ...files(settings),
    ...(settings.remoteLogging ? remote(settings) : {}),
  }
  // A framework tells of every start and request: never more than the service itself.
  const frameworkLevel = Math.max(LEVELS.INFO, levelValue(settings.level))
  return {
    version: 1,
    formatters: {
      form: settings.format === 'pretty' ? { kind: 'pretty', stream: 'stdout' } : plainForm(settings),
      file: settings.format === 'pretty' ? { kind: 'text' } : plainForm(settings),
    },
    handlers,
    loggers: Object.fromEntries(FRAMEWORKS.map((name) => [name, { level: frameworkLevel }])),
    root: { level: settings.level, handlers: Object.keys(handlers), defaults: sharedFields(settings) },
  }
}

function plainForm({ format, source }: LogSettings) {
  return source && (format === 'json' || format === 'logfmt') ? { kind: format, source } : { kind: format }
}

function sharedFields({ service, environment }: LogSettings): Record<string, string> {
  return service === undefined ? { environment } : { service, environment }
}

function files(settings: LogSettings): Record<string, HandlerEntry> {
  const { directory, file, maxBytes, backupCount, debug } = settings
  const handlers: Record<string, HandlerEntry> = {}
  if (!debug) {
    const name = fileStem(file ?? settings.service ?? 'app')
    handlers.daily = { kind: 'daily-file', directory, name, formatter: 'file' }
    handlers.errors = { kind: 'daily-file', directory, name: 'error', level: 'ERROR', formatter: 'file' }
  }
  if (file !== undefined) {
    // A bare name belongs into the directory; a path says itself where.
    const path = dirname(file) === '.' ? join(directory, basename(file)) : file
    handlers.file = { kind: 'rotating-file', path, maxBytes, backupCount, formatter: 'file' }
  }
  return handlers
}

function remote({ service, environment, ...settings }: LogSettings): Record<string, HandlerEntry> {
  const { girok, lokiUrl, slackWebhookUrl, otlp, redisUrl } = settings
  const labels = { service: service ?? 'app', environment }
  const handlers: Record<string, HandlerEntry> = {}
  if (redisUrl !== undefined) handlers.redis = { kind: 'redis', url: redisUrl }
  if (girok !== undefined) handlers.girok = { kind: 'girok', ...girok, labels }
  if (lokiUrl !== undefined) handlers.loki = { kind: 'loki', url: lokiUrl, labels }
  if (slackWebhookUrl !== undefined) {
    handlers.slack = { kind: 'slack', webhookUrl: slackWebhookUrl, title: service ?? 'application' }
  }
  if (otlp !== undefined) {
    const resource = { 'service.name': otlp.service ?? 'unknown_service', 'deployment.environment.name': environment }
    handlers.otlp = { kind: 'otlp', url: otlp.url, resource }
  }
  return handlers
}

function fileStem(name: string): string {
  return basename(name, extname(name)).replace(/[^\w.-]+/g, '_') || 'app'
}

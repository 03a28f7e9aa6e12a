import type { PythonClass } from './kind.ts'

type Given = Readonly<Record<string, unknown>>

const FILE_ARGUMENTS = { filename: 'path', mode: 'mode', encoding: undefined, delay: undefined, errors: undefined }

/** Modes of Python's open; others stay, to be told of. */
function fileMode({ mode }: Given): Record<string, unknown> {
  if (mode === undefined) return {}
  return { mode: mode === 'w' ? 'truncate' : mode === 'a' ? 'append' : mode }
}

function stream({ stream: given }: Given): Record<string, unknown> {
  if (given === undefined || given === null) return { stream: 'stderr' }
  return { stream: typeof given === 'string' ? given.replace(/^(?:ext:\/\/)?sys\./, '') : given }
}

/** Python's names, whose case does not matter; hours where none is given. */
function period({ when = 'H' }: Given): Record<string, unknown> {
  const name = String(when)
  return { when: name.length > 2 ? name.toLowerCase() : name.toUpperCase() }
}

function rotating(given: Given): Record<string, unknown> {
  const { maxBytes = 0, backupCount = 0 } = given
  // Python never turns such a file over.
  if (maxBytes === 0 || backupCount === 0) return { kind: 'file', maxBytes: undefined, backupCount: undefined }
  return { mode: undefined }
}

function mail({ mailhost, toaddrs, credentials, level = 'NOTSET' }: Given): Record<string, unknown> {
  // Ours is for CRITICAL where nothing is said, Python's for everything.
  const options: Record<string, unknown> = { level }
  const [host, port] = Array.isArray(mailhost) ? mailhost : String(mailhost ?? 'localhost').split(/:(?=\d+$)/)
  options.host = host
  if (port !== undefined) options.port = Number(port)
  if (toaddrs !== undefined) options.to = typeof toaddrs === 'string' ? [toaddrs] : toaddrs
  if (Array.isArray(credentials)) options.auth = { user: credentials[0], pass: credentials[1] }
  return options
}

function syslog({ address, facility }: Given): Record<string, unknown> {
  const options: Record<string, unknown> = { protocol: 'udp' }
  if (typeof address === 'string') Object.assign(options, { protocol: 'unix', path: address })
  else if (Array.isArray(address)) Object.assign(options, { host: address[0], port: address[1] })
  // handlers.SysLogHandler.LOG_LOCAL0, in a file.
  const name = typeof facility === 'string' ? /LOG_(\w+)$/.exec(facility)?.[1]?.toLowerCase() : undefined
  if (facility !== undefined) options.facility = name ?? facility
  return options
}

function http({ host, url = '/', secure, credentials }: Given): Record<string, unknown> {
  const options: Record<string, unknown> = {
    url: `${secure === true ? 'https' : 'http'}://${String(host ?? '')}${String(url)}`,
    format: 'form',
  }
  if (Array.isArray(credentials)) options.auth = { username: credentials[0], password: credentials[1] }
  return options
}

/** Handlers of Python's logging with their arguments. */
export const PYTHON_HANDLERS: Readonly<Record<string, PythonClass>> = {
  'logging.StreamHandler': { kind: 'console', arguments: { stream: undefined }, convert: stream },
  'logging.NullHandler': { kind: 'none', arguments: {} },
  'logging.FileHandler': { kind: 'file', arguments: FILE_ARGUMENTS, convert: fileMode },
  'logging.handlers.WatchedFileHandler': { kind: 'file', arguments: FILE_ARGUMENTS, convert: fileMode },
  'logging.handlers.RotatingFileHandler': {
    kind: 'rotating-file',
    arguments: {
      filename: 'path',
      mode: undefined,
      maxBytes: 'maxBytes',
      backupCount: 'backupCount',
      encoding: undefined,
      delay: undefined,
      errors: undefined,
    },
    convert: rotating,
  },
  'logging.handlers.TimedRotatingFileHandler': {
    kind: 'timed-file',
    arguments: {
      filename: 'path',
      when: 'when',
      interval: 'interval',
      backupCount: 'backupCount',
      encoding: undefined,
      delay: undefined,
      utc: 'utc',
      atTime: undefined,
      errors: undefined,
    },
    convert: period,
  },
  'logging.handlers.SMTPHandler': {
    kind: 'smtp',
    arguments: {
      mailhost: undefined,
      fromaddr: 'from',
      toaddrs: undefined,
      subject: 'subject',
      credentials: undefined,
      secure: undefined,
      timeout: undefined,
    },
    convert: mail,
  },
  'logging.handlers.HTTPHandler': {
    kind: 'http',
    arguments: {
      host: undefined,
      url: undefined,
      method: undefined,
      secure: undefined,
      credentials: undefined,
      context: undefined,
    },
    convert: http,
  },
  'logging.handlers.SysLogHandler': {
    kind: 'syslog',
    arguments: { address: undefined, facility: undefined, socktype: undefined },
    convert: syslog,
  },
  'logging.handlers.MemoryHandler': {
    kind: 'memory',
    arguments: { capacity: 'capacity', flushLevel: 'flushLevel', target: 'target', flushOnClose: undefined },
  },
}

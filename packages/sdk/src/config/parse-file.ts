import { extname } from 'node:path'
import { ConfigError } from './config-error.ts'
import { readPythonFile } from './python-file.ts'
import type { LoggingConfiguration } from './types.ts'

interface YamlPackage {
  parse(source: string, options: { merge: boolean }): unknown
}

type Parse = (source: string, path: string) => LoggingConfiguration | Promise<LoggingConfiguration>

/** How files are read, by the end of their name. */
const PARSERS: Readonly<Record<string, Parse>> = {
  '.json': parseJson,
  '.yaml': parseYaml,
  '.yml': parseYaml,
  '.conf': readPythonFile,
  '.ini': readPythonFile,
}

/** @throws ConfigError with line and column where there is one */
export async function parseConfiguration(source: string, path: string): Promise<LoggingConfiguration> {
  const parse = PARSERS[extname(path).toLowerCase()]
  if (parse === undefined) {
    throw new ConfigError(path, [`the kind of file is not known; use a name in ${Object.keys(PARSERS).join(', ')}`])
  }
  return await parse(source.replace(/^\uFEFF/, ''), path)
}

function parseJson(source: string, path: string): LoggingConfiguration {
  try {
    return JSON.parse(source) as LoggingConfiguration
  } catch (error) {
    const { message } = error as Error
    const position = /at position (\d+)/.exec(message)?.[1]
    const offset = position === undefined ? source.trimEnd().length : Number(position)
    const before = source.slice(0, offset).split('\n')
    const what = message.replace(/ (?:in JSON )?at position.*$/s, '')
    throw new ConfigError(path, [`line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${what}`])
  }
}

async function parseYaml(source: string, path: string): Promise<LoggingConfiguration> {
  let yaml: YamlPackage
  try {
    yaml = await import('yaml')
  } catch (error) {
    throw new ConfigError(path, [`needs the package yaml: npm install yaml (${(error as Error).message})`])
  }
  try {
    // Merge keys (<<) are no part of YAML 1.2, but of what Python and most others read.
    return yaml.parse(source, { merge: true }) as LoggingConfiguration
  } catch (error) {
    // Its messages name line and column, and show the place on further lines.
    throw new ConfigError(path, [(error as Error).message.split('\n')[0]?.replace(/:$/, '') ?? ''])
  }
}

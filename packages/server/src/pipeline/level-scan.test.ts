import { describe, expect, it } from 'vitest'
import { LEVELS } from '../model/level.ts'
import { levelOfLine } from './level-scan.ts'

/** Stands between lines that would mislead a scan that leaves its range. */
function levelOf(line: string): string {
  const before = Buffer.from('level=fatal "fatal":')
  const bytes = Buffer.from(line)
  const all = Buffer.concat([before, bytes, Buffer.from('":"fatal" =fatal fatal')])
  return LEVELS[levelOfLine(all, before.length, before.length + bytes.length)]!
}

describe('levelOfLine', () => {
  it.each<[string, string]>([
    // JSON, first depth
    ['{"level":"INFO","msg":"error"}', 'info'],
    ['{"msg":"error in level","level" : "warn"}', 'warn'],
    ['{"Severity":"Critical"}', 'critical'],
    ['{"lvl":"dbg"}', 'debug'],
    ['{"log.level":"error"}', 'error'],
    ['{"levelname":"WARNING","levelno":30}', 'warn'],
    ['{"levelno":30}', 'warn'],
    ['{"level":30}', 'info'],
    ['{"level":3}', 'error'],
    ['{"severity_number":17}', 'error'],
    ['{"severityText":"Information"}', 'info'],
    ['  {"level":"trace"}', 'trace'],
    ['{"a":{"b":1},"level":"fatal"}', 'fatal'],
    ['{"a":"x\\"level\\":\\"error\\"","level":"info"}', 'info'],
    // JSON, second depth, which the first overrules
    ['{"log":{"level":"error"}}', 'error'],
    ['{"log":{"level":"error"},"level":"debug"}', 'debug'],
    ['{"a":{"b":{"level":50}}}', ''],
    ['[{"level":50}]', ''],
    // JSON without a level field: words of the values, not the names
    ['{"msg":"connection error"}', 'error'],
    ['{"error":null,"msg":"fine"}', ''],
    ['{"level":"banana","msg":"a warning"}', 'warn'],
    ['{"msg":"level=error msg=x"}', 'error'],
    ['{"level":null}', ''],
    ['{"level":{"name":"error"}}', 'error'],
    ['{"level":"in', ''],
    ['{"level":', ''],
    ['{"level', ''],
    ['{"msg":"ends with a backslash\\', ''],
    // logfmt
    ['ts=2025 level=warn msg="an error"', 'warn'],
    ['msg="error" lvl="debug"', 'debug'],
    ['severity=CRITICAL', 'critical'],
    ['msg=ok levels=error', 'error'],
    ['level=', ''],
    ['level=x', ''],
    // words
    ['2025-12-20 12:00:00,123 - api - INFO - 0 errors', 'info'],
    ['[ERROR] failed to get info', 'error'],
    ['<warn>: x', 'warn'],
    ['panic: runtime error', 'fatal'],
    ['terror informed warned debugging', ''],
    ['see the log of a fine day, notice the stack trace', ''],
    ['오류error', ''],
    ['오류 error', 'error'],
    ['fatal', 'fatal'],
    ['', ''],
  ])('%s is %s', (line, level) => {
    expect(levelOf(line)).toBe(level)
  })

  it('takes time linear in the line', () => {
    const started = performance.now()
    for (const text of ['{"level":', '{"a":{', '"', '\\', 'level=', 'e', 'error=', '{ '].map((one) =>
      one.repeat(200_000),
    )) {
      levelOf(text)
      levelOf(`{${text}`)
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

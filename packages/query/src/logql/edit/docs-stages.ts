import type { LogQLDoc } from './doc.ts'

type Entry = readonly [string, LogQLDoc]

function stage(name: string, signature: string, text: string, example: string): Entry {
  return [name, { kind: 'stage', signature, text, example }]
}

export const STAGE_DOCS: readonly Entry[] = [
  stage(
    'json',
    '| json [name="path", …]',
    'Fields of JSON lines become labels, nested keys joined by _; with paths, only those fields.',
    '{app="api"} | json status="response.status", first="items[0]"',
  ),
  stage(
    'logfmt',
    '| logfmt [--strict] [--keep-empty] [name="key", …]',
    'key=value pairs become labels.',
    '{app="api"} | logfmt | level="error"',
  ),
  stage(
    'regexp',
    '| regexp "(?P<name>…)"',
    'Named groups of the expression become labels.',
    '{app="api"} | regexp `(?P<method>\\w+) (?P<path>\\S+)`',
  ),
  stage(
    'pattern',
    '| pattern "<name> … <_>"',
    'Captures between literal texts become labels; <_> skips.',
    '{app="nginx"} | pattern `<ip> - - <_> "<method> <path> <_>" <status> <_>`',
  ),
  stage(
    'unpack',
    '| unpack',
    'Unpacks lines that were packed as JSON with their labels and _entry.',
    '{app="api"} | unpack',
  ),
  stage(
    'line_format',
    '| line_format "template"',
    'Replaces the line by a template over its labels.',
    '{app="api"} | json | line_format "{{.status}} {{.path}}"',
  ),
  stage(
    'label_format',
    '| label_format new=old, name="template"',
    'Renames labels, or sets them by a template.',
    '{app="api"} | json | label_format code=status, where="{{.host}}/{{.path}}"',
  ),
  stage('decolorize', '| decolorize', 'Removes ANSI colour codes from the line.', '{app="build"} | decolorize'),
  stage(
    'drop',
    '| drop name, name="value"',
    'Removes labels, or those with the value.',
    '{app="api"} | json | drop __error__, level="debug"',
  ),
  stage('keep', '| keep name, name="value"', 'Removes all other labels.', '{app="api"} | json | keep status, path'),
  stage(
    'unwrap',
    '| unwrap label, | unwrap duration(label), | unwrap bytes(label)',
    'Takes the number in a label as the sample of a range aggregation.',
    'sum_over_time({app="api"} | logfmt | unwrap duration(took) [5m])',
  ),
  stage(
    'duration',
    'unwrap duration(label)',
    'Reads durations such as 1h30m as seconds.',
    'max_over_time({app="api"} | logfmt | unwrap duration(took) [5m])',
  ),
  stage(
    'duration_seconds',
    'unwrap duration_seconds(label)',
    'Reads durations such as 1h30m as seconds.',
    'max_over_time({app="api"} | logfmt | unwrap duration_seconds(took) [5m])',
  ),
  stage(
    'bytes',
    'unwrap bytes(label)',
    'Reads sizes such as 5KB or 2MiB as bytes.',
    'sum_over_time({app="api"} | logfmt | unwrap bytes(sent) [5m])',
  ),
  stage(
    'ip',
    '|= ip("range"), label = ip("range")',
    'Matches an address, CIDR block or range low-high, IPv4 or IPv6.',
    '{app="nginx"} | logfmt | addr = ip("192.168.0.0/16")',
  ),
  stage(
    'distinct',
    '| distinct label [, label …]',
    'Keeps the first line of each combination of values. Beyond Loki; log queries only.',
    '{app="api"} | json | distinct user_id, path',
  ),
  stage('|=', '|= "text" [or "text" …]', 'Keeps lines that contain the text.', '{app="api"} |= "error" or "fatal"'),
  stage(
    '|~',
    '|~ "regex"',
    'Keeps lines in which the expression matches somewhere.',
    '{app="api"} |~ `(?i)time(d )?out`',
  ),
  stage(
    '|>',
    '|> "pattern"',
    'Keeps lines that match the pattern as a whole; <_> stands for anything.',
    '{app="api"} |> "<_> level=error <_>"',
  ),
  stage('!>', '!> "pattern"', 'Drops lines that match the pattern as a whole.', '{app="api"} !> "<_> level=debug <_>"'),
]

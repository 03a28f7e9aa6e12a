import { LOGQL_DOCS, type LogQLDoc } from '@girok/query'

type Row = readonly [signature: string, text: string]

/** Functions of `line_format` and `label_format` templates, most used first. The value comes last, so that it can be piped. */
const rows: readonly Row[] = [
  ['default "fallback" value', 'The fallback where the value is empty.'],
  ['lower text', 'In small letters.'],
  ['upper text', 'In capital letters.'],
  ['title text', 'Each word with a capital letter.'],
  ['trim text', 'Without white space at both ends.'],
  ['trimAll "characters" text', 'Without these characters at both ends.'],
  ['trimPrefix "prefix" text', 'Without the prefix.'],
  ['trimSuffix "suffix" text', 'Without the suffix.'],
  ['trunc count text', 'The first characters; with a negative count the last ones.'],
  ['substr start end text', 'Characters from start to before end.'],
  ['replace "old" "new" text', 'Every old part by the new one.'],
  ['regexReplaceAll "regex" text "replacement"', 'Every match; ${1} in the replacement stands for a group.'],
  ['regexReplaceAllLiteral "regex" text "replacement"', 'Every match by the replacement as it is written.'],
  ['contains "part" text', 'Whether the text holds the part.'],
  ['hasPrefix "prefix" text', 'Whether the text begins so.'],
  ['hasSuffix "suffix" text', 'Whether the text ends so.'],
  ['count "regex" text', 'Number of matches.'],
  ['repeat count text', 'The text that many times.'],
  ['indent spaces text', 'Each line moved to the right.'],
  ['nindent spaces text', 'As indent, on a new line.'],
  ['alignLeft width text', 'Cut or filled with spaces on the right.'],
  ['alignRight width text', 'Cut or filled with spaces on the left.'],
  ['printf "format" values…', 'Writes values by a format: %s, %d, %.2f, %q.'],
  ['urlencode text', 'Escaped for an address.'],
  ['urldecode text', 'Unescaped from an address.'],
  ['b64enc text', 'In base64.'],
  ['b64dec text', 'From base64.'],
  ['fromJson text', 'A JSON text as a value: its fields by .name, its elements by range.'],
  ['add numbers…', 'Sum of whole numbers.'],
  ['sub a b', 'a less b, whole numbers.'],
  ['mul numbers…', 'Product of whole numbers.'],
  ['div a b', 'a divided by b, whole numbers.'],
  ['mod a b', 'Rest of a divided by b.'],
  ['addf numbers…', 'Sum.'],
  ['subf a b', 'a less b.'],
  ['mulf numbers…', 'Product.'],
  ['divf a b', 'a divided by b.'],
  ['min numbers…', 'Smallest whole number.'],
  ['max numbers…', 'Greatest whole number.'],
  ['minf numbers…', 'Smallest number.'],
  ['maxf numbers…', 'Greatest number.'],
  ['ceil number', 'The next whole number above.'],
  ['floor number', 'The next whole number below.'],
  ['round number decimals', 'Rounded to so many decimals.'],
  ['int value', 'As a whole number.'],
  ['float64 value', 'As a number.'],
  ['bytes text', 'A size like 2 KB in bytes.'],
  ['duration text', 'A duration like 1h30m in seconds.'],
  ['duration_seconds text', 'A duration like 1h30m in seconds.'],
  ['now', 'The time at which the query runs.'],
  ['date "layout" time', 'A time by the layout 2006-01-02 15:04:05.'],
  ['toDate "layout" text', 'Reads a time by a layout, in UTC.'],
  ['toDateInZone "layout" "zone" text', 'Reads a time by a layout in a zone.'],
  ['unixEpoch time', 'Seconds since 1970.'],
  ['unixEpochMillis time', 'Milliseconds since 1970.'],
  ['unixEpochNanos time', 'Nanoseconds since 1970.'],
  ['unixToTime text', 'A number of seconds since 1970 as a time.'],
  ['__line__', 'The line as it is now.'],
  ['__timestamp__', 'The time of the line.'],
]

/** Words that begin or end parts of a template. */
export const templateKeywords: readonly Row[] = [
  ['if condition', 'What follows, up to end or else, when the condition is not empty.'],
  ['else', 'What follows when the condition was empty.'],
  ['end', 'End of if, range or with.'],
  ['range value', 'What follows once for each element.'],
  ['with value', 'What follows with the value as the dot, when it is not empty.'],
]

function docOf([signature, text]: Row): readonly [string, LogQLDoc] {
  const name = signature.split(' ', 1)[0] ?? ''
  const call = signature.replace(/"regex"|"format"|"layout"/, '"…"')
  const example = `{app="api"} | line_format \`{{ ${call} }}\``
  return [name, { kind: 'function', signature, text, example }]
}

/** What templates can call, by name; the language's own description of a function comes first. */
export const templateDocs: ReadonlyMap<string, LogQLDoc> = new Map([
  ...rows.map(docOf),
  ...[...LOGQL_DOCS].filter(([, doc]) => (doc.kind as string) === 'template'),
])

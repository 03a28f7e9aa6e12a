import type { LogQLDoc } from './doc.ts'

/** A function of templates, with a template that calls it and the text that this gives. */
export interface TemplateDoc extends LogQLDoc {
  readonly template: string
  readonly result: string
}

type Entry = readonly [string, TemplateDoc]

function fn(name: string, parameters: string, text: string, template: string, result: string): Entry {
  const signature = parameters === '' ? name : `${name} ${parameters}`
  const example = `{app="api"} | line_format \`${template}\``
  return [name, { kind: 'function', signature, text, example, template, result }]
}

const TEXT: readonly Entry[] = [
  fn('lower', 'text', 'Small letters.', '{{ lower "GET" }}', 'get'),
  fn('upper', 'text', 'Capital letters.', '{{ upper "get" }}', 'GET'),
  fn('title', 'text', 'A capital at the start of each word.', '{{ title "new user" }}', 'New User'),
  fn('trim', 'text', 'Without blanks at the ends.', '{{ trim "  x " }}', 'x'),
  fn('trimAll', 'characters text', 'Without these characters at the ends.', '{{ "--x-" | trimAll "-" }}', 'x'),
  fn('trimPrefix', 'prefix text', 'Without the prefix.', '{{ "/api/users" | trimPrefix "/api" }}', '/users'),
  fn('trimSuffix', 'suffix text', 'Without the suffix.', '{{ "a.log" | trimSuffix ".log" }}', 'a'),
  fn('trunc', 'length text', 'The first bytes; with a negative length the last.', '{{ trunc 3 "hello" }}', 'hel'),
  fn('substr', 'start end text', 'The bytes from start to before end.', '{{ substr 1 3 "hello" }}', 'el'),
  fn('replace', 'old new text', 'With each old text replaced.', '{{ "a-b-c" | replace "-" "." }}', 'a.b.c'),
  fn('repeat', 'count text', 'The text so many times.', '{{ repeat 3 "=" }}', '==='),
  fn('indent', 'blanks text', 'Each line behind so many blanks.', '{{ indent 2 "x" }}', '  x'),
  fn('nindent', 'blanks text', 'As indent, on a new line.', '{{ nindent 2 "x" }}', '\n  x'),
  fn('alignLeft', 'width text', 'Filled up or cut to the width, on the left.', '[{{ alignLeft 5 "ab" }}]', '[ab   ]'),
  fn(
    'alignRight',
    'width text',
    'Filled up or cut to the width, on the right.',
    '[{{ alignRight 5 "ab" }}]',
    '[   ab]',
  ),
  fn('contains', 'part text', 'Whether the part is in the text.', '{{ contains "err" "error" }}', 'true'),
  fn('hasPrefix', 'prefix text', 'Whether the text begins so.', '{{ hasPrefix "/api" "/api/users" }}', 'true'),
  fn('hasSuffix', 'suffix text', 'Whether the text ends so.', '{{ hasSuffix ".js" "/main.css" }}', 'false'),
  fn(
    'regexReplaceAll',
    'regex text replacement',
    'Matches replaced; $1 stands for a group.',
    '{{ regexReplaceAll "([0-9]+)ms" "took 15ms" "<$1>" }}',
    'took <15>',
  ),
  fn(
    'regexReplaceAllLiteral',
    'regex text replacement',
    'Matches replaced by the text as it is.',
    '{{ regexReplaceAllLiteral "[0-9]+" "a1b22" "$1" }}',
    'a$1b$1',
  ),
  fn('count', 'regex text', 'Number of matches.', '{{ count "[aeiou]" "hello world" }}', '3'),
  fn('b64enc', 'text', 'In Base64.', '{{ b64enc "hi" }}', 'aGk='),
  fn('b64dec', 'text', 'Out of Base64.', '{{ b64dec "aGk=" }}', 'hi'),
  fn('urlencode', 'text', 'For the query of a URL.', '{{ urlencode "a b&c" }}', 'a+b%26c'),
  fn('urldecode', 'text', 'Out of the query of a URL.', '{{ urldecode "a+b%26c" }}', 'a b&c'),
  fn(
    'default',
    'other value',
    'The other one where the value is empty, 0, false or missing.',
    '{{ .user | default "nobody" }}',
    'nobody',
  ),
  fn('fromJson', 'text', 'The data of a JSON text.', '{{ (fromJson .payload).user.name }}', 'kim'),
]

/** The older names; they take the text first. */
const OLDER: readonly Entry[] = [
  fn('ToLower', 'text', 'Small letters.', '{{ ToLower "GET" }}', 'get'),
  fn('ToUpper', 'text', 'Capital letters.', '{{ ToUpper "get" }}', 'GET'),
  fn(
    'Replace',
    'text old new count',
    'With the first count replaced, all if it is -1.',
    '{{ Replace "a-b-c" "-" "." 1 }}',
    'a.b-c',
  ),
  fn('Trim', 'text characters', 'Without these characters at the ends.', '{{ Trim "--x-" "-" }}', 'x'),
  fn('TrimLeft', 'text characters', 'Without these characters at the start.', '{{ TrimLeft "--x-" "-" }}', 'x-'),
  fn('TrimRight', 'text characters', 'Without these characters at the end.', '{{ TrimRight "--x-" "-" }}', '--x'),
  fn('TrimPrefix', 'text prefix', 'Without the prefix.', '{{ TrimPrefix "/api/users" "/api" }}', '/users'),
  fn('TrimSuffix', 'text suffix', 'Without the suffix.', '{{ TrimSuffix "a.log" ".log" }}', 'a'),
  fn('TrimSpace', 'text', 'Without blanks at the ends.', '{{ TrimSpace "  x " }}', 'x'),
]

const NUMBERS: readonly Entry[] = [
  fn('int', 'value', 'As a whole number (`5.7` is 5), 0 where it is none.', '{{ int "42" }}', '42'),
  fn('float64', 'value', 'As a number, 0 where it is none.', '{{ float64 "4.20" }}', '4.2'),
  fn('add', 'a b …', 'Sum of whole numbers.', '{{ add "40" 1 1 }}', '42'),
  fn('sub', 'a b', 'Difference of whole numbers.', '{{ sub 50 8 }}', '42'),
  fn('mul', 'a b …', 'Product of whole numbers.', '{{ mul 6 7 }}', '42'),
  fn('div', 'a b', 'Whole quotient; fails for 0.', '{{ div 1500 1000 }}', '1'),
  fn('mod', 'a b', 'What whole division leaves; fails for 0.', '{{ mod 7 3 }}', '1'),
  fn('addf', 'a b …', 'Sum, in decimal.', '{{ addf 0.1 0.2 }}', '0.3'),
  fn('subf', 'a b …', 'Difference, in decimal.', '{{ subf 1 0.9 }}', '0.1'),
  fn('mulf', 'a b …', 'Product, in decimal.', '{{ mulf 1.5 2 }}', '3'),
  fn('divf', 'a b …', 'Quotient, in decimal; fails for 0.', '{{ divf 1500 1000 }}', '1.5'),
  fn('max', 'a b …', 'Largest whole number.', '{{ max 1 5 3 }}', '5'),
  fn('min', 'a b …', 'Smallest whole number.', '{{ min 1 5 3 }}', '1'),
  fn('maxf', 'a b …', 'Largest number.', '{{ maxf 1.5 2.5 }}', '2.5'),
  fn('minf', 'a b …', 'Smallest number.', '{{ minf 1.5 2.5 }}', '1.5'),
  fn('ceil', 'number', 'Rounded up.', '{{ ceil 1.2 }}', '2'),
  fn('floor', 'number', 'Rounded down.', '{{ floor 1.8 }}', '1'),
  fn('round', 'number places', 'Rounded to so many places.', '{{ round 3.14159 2 }}', '3.14'),
  fn('bytes', 'text', 'A size such as 5KB or 2MiB, in bytes.', '{{ bytes "2KB" }}', '2000'),
  fn('duration', 'text', 'A duration such as 1h30m, in seconds.', '{{ duration "1m30s" }}', '90'),
  fn('duration_seconds', 'text', 'As duration.', '{{ duration_seconds "150ms" }}', '0.15'),
]

const TIMES: readonly Entry[] = [
  fn(
    'date',
    'layout time',
    'A time, or seconds since 1970, written like the layout.',
    '{{ date "2006-01-02 15:04:05" 1700000000 }}',
    '2023-11-14 22:13:20',
  ),
  fn(
    'toDate',
    'layout text',
    'The time of a text written like the layout.',
    '{{ toDate "2006-01-02" "2023-11-14" | unixEpoch }}',
    '1699920000',
  ),
  fn(
    'toDateInZone',
    'layout zone text',
    'As toDate, in a time zone.',
    '{{ toDateInZone "2006-01-02 15:04" "Europe/Berlin" "2023-07-01 12:00" }}',
    '2023-07-01 12:00:00 +0200 CEST',
  ),
  fn(
    'unixToTime',
    'text',
    'The time of days, seconds, milli-, micro- or nanoseconds since 1970.',
    '{{ unixToTime "1700000000" }}',
    '2023-11-14 22:13:20 +0000 UTC',
  ),
  fn('unixEpoch', 'time', 'Seconds since 1970.', '{{ unixToTime "1700000000123" | unixEpoch }}', '1700000000'),
  fn(
    'unixEpochMillis',
    'time',
    'Milliseconds since 1970.',
    '{{ unixToTime "1700000000" | unixEpochMillis }}',
    '1700000000000',
  ),
  fn(
    'unixEpochNanos',
    'time',
    'Nanoseconds since 1970.',
    '{{ unixToTime "1700000000" | unixEpochNanos }}',
    '1700000000000000000',
  ),
  fn('now', '', 'The current time.', '{{ if now }}later{{ end }}', 'later'),
  fn('__timestamp__', '', 'The time of the line.', '{{ __timestamp__ | date "15:04:05.000" }}', '22:13:20.123'),
  fn('__line__', '', 'The line as it is.', '{{ __line__ | upper }}', 'THE LINE'),
]

const LANGUAGE: readonly Entry[] = [
  fn('print', 'value …', 'The values as one text.', '{{ print "a" 1 2 }}', 'a1 2'),
  fn('println', 'value …', 'The values as one text with blanks and a line break.', '{{ println "a" 1 }}', 'a 1\n'),
  fn(
    'printf',
    'format value …',
    "The format with the values at its verbs, as Go's fmt.",
    '{{ printf "%-5s|%05.1f" "ab" 3.14159 }}',
    'ab   |003.1',
  ),
  fn('eq', 'a b …', 'Whether a equals one of the others.', '{{ eq .level "error" "fatal" }}', 'true'),
  fn('ne', 'a b', 'Whether they differ.', '{{ ne 1 2 }}', 'true'),
  fn('lt', 'a b', 'Whether a is less.', '{{ lt 1 2 }}', 'true'),
  fn('le', 'a b', 'Whether a is less or equal.', '{{ le 2 2 }}', 'true'),
  fn('gt', 'a b', 'Whether a is greater.', '{{ gt (int .status) 499 }}', 'true'),
  fn('ge', 'a b', 'Whether a is greater or equal.', '{{ ge "b" "a" }}', 'true'),
  fn('and', 'a b …', 'The first that is empty, 0 or false, else the last.', '{{ and .level .status }}', '500'),
  fn('or', 'a b …', 'The first that is not empty, 0 or false, else the last.', '{{ or .user .level }}', 'error'),
  fn('not', 'a', 'Whether it is empty, 0 or false.', '{{ not .user }}', 'true'),
  fn('len', 'value', 'Bytes of a text, elements of a list, entries of a map.', '{{ len "héllo" }}', '6'),
  fn('index', 'value key …', 'An element of a list or map.', '{{ index (fromJson "[10,20]") 1 }}', '20'),
  fn('slice', 'value from to', 'Part of a text or list.', '{{ slice "hello" 1 3 }}', 'el'),
  fn('html', 'value …', 'Safe within HTML.', '{{ html "<b>" }}', '&lt;b&gt;'),
  fn('js', 'value …', 'Safe within a string of JavaScript.', '{{ js "it\'s" }}', "it\\'s"),
  fn('urlquery', 'value …', 'Safe within the query of a URL.', '{{ urlquery "a b" }}', 'a+b'),
  fn('call', 'function value …', 'Calls a function that is a value.', '{{ if .fn }}{{ call .fn 1 }}{{ end }}', ''),
]

/** The functions that templates of `line_format` and `label_format` can call, by topic. */
export const TEMPLATE_TOPICS: readonly (readonly [topic: string, entries: readonly Entry[]])[] = [
  ['Text', TEXT],
  ['Numbers', NUMBERS],
  ['Times', TIMES],
  ['The language', LANGUAGE],
  ['Older names', OLDER],
]

/** The same, by name. */
export const TEMPLATE_DOCS: ReadonlyMap<string, TemplateDoc> = new Map(
  TEMPLATE_TOPICS.flatMap(([, entries]) => entries),
)

/** What a line is compared by: words and the characters between them, alternately or not, in order. */
export interface TokenizedLine {
  /** Nothing is lost: joined they are the part of the line that is looked at. */
  readonly tokens: readonly string[]
  /** The tokens between words, words as `w`: lines of one pattern have the same. */
  readonly skeleton: string
  /** What stands before and after that part, and is not looked at. */
  readonly before: boolean
  readonly after: boolean
}

/** Further characters and tokens of a line are not looked at. */
const MAX_CHARACTERS = 2048
const MAX_TOKENS = 300

const WORD = 0
const SPACE = 1
const PUNCTUATION = 2
const COLON = 3

const kinds = new Uint8Array(128)
for (const char of ' \t\r\n\v\f') kinds[char.charCodeAt(0)] = SPACE
for (const char of ',;="\'`()[]{}<>|!?&') kinds[char.charCodeAt(0)] = PUNCTUATION
kinds[':'.charCodeAt(0)] = COLON

/**
 * The text of a JSON line that people read: what loggers call it, in the order in which they are looked for. Loki mines
 * the same members. The value stays as it is written, escapes included, so that a filter finds it.
 */
const MESSAGE = ['message', 'msg', 'log', 'content'].map(
  (name) => new RegExp(`"${name}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)+)"`),
)

/**
 * Splits a line for comparison. Of a JSON object with a message only the message counts, with the quotes around it. A
 * colon parts words only where it does not stand within one (`12:00:01`, `10.0.0.1:80` are words).
 */
export function tokenizeLine(line: string): TokenizedLine {
  const text = line.length > MAX_CHARACTERS ? line.slice(0, MAX_CHARACTERS) : line
  if (text.startsWith('{')) {
    for (const pattern of MESSAGE) {
      const found = pattern.exec(text)
      if (found) {
        const message = `"${found[1]}"`
        const { tokens, skeleton } = split(message)
        return { tokens, skeleton: `m${skeleton}`, before: true, after: true }
      }
    }
  }
  const { tokens, skeleton, complete } = split(text)
  return { tokens, skeleton, before: false, after: !complete || text.length < line.length }
}

function split(text: string): { tokens: string[]; skeleton: string; complete: boolean } {
  const tokens: string[] = []
  let skeleton = ''
  let at = 0
  while (at < text.length && tokens.length < MAX_TOKENS) {
    const start = at
    const kind = kindAt(text, at)
    at++
    if (kind === PUNCTUATION) {
      const token = text[start] as string
      tokens.push(token)
      skeleton += token
      continue
    }
    while (at < text.length && kindAt(text, at) === kind) at++
    tokens.push(text.slice(start, at))
    skeleton += kind === WORD ? 'w' : ' '
  }
  return { tokens, skeleton, complete: at >= text.length }
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 128) return WORD
  const kind = kinds[code] as number
  if (kind !== COLON) return kind
  return isWordCharacter(text, at - 1) && isWordCharacter(text, at + 1) ? WORD : PUNCTUATION
}

function isWordCharacter(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false
  const code = text.charCodeAt(at)
  return code >= 128 || kinds[code] === WORD || kinds[code] === COLON
}

/** Whether a token is a word, which may differ from line to line, and not what stands between words. */
export function isWord(token: string): boolean {
  const code = token.charCodeAt(0)
  return code >= 128 || kinds[code] === WORD
}

/** Words with a digit are taken for values: that two lines differ in them says nothing. */
export function looksLikeValue(token: string): boolean {
  for (let i = 0; i < token.length; i++) {
    const code = token.charCodeAt(i)
    if (code >= 48 && code <= 57) return true
  }
  return false
}

/** Text within a paragraph. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'quote'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' }

/**
 * The part of Markdown that notes on a dashboard need, as a tree: headings, paragraphs, lists, quotes, code, links. HTML is
 * plain text, and links that are neither http, https, mailto nor of this server are text as well: nothing in it can run.
 */
export function parseMarkdown(source: string): readonly Block[] {
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  const blocks: Block[] = []
  let at = 0
  const take = (test: (line: string) => boolean): string[] => {
    const start = at
    while (at < lines.length && test(lines[at] ?? '')) at += 1
    return lines.slice(start, at)
  }
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const heading = /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line)
    if (line.trim() === '') at += 1
    else if (/^\s*(```|~~~)/.test(line)) {
      const fence = line.trim().slice(0, 3)
      at += 1
      const code = take((one) => !one.trim().startsWith(fence))
      at += 1
      blocks.push({ kind: 'code', text: code.join('\n') })
    } else if (heading !== null) {
      at += 1
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, children: inline(heading[2] ?? '') })
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      at += 1
      blocks.push({ kind: 'rule' })
    } else if (item.test(line)) {
      const ordered = /^\s*\d/.test(line)
      const items: string[] = []
      for (const one of take((next) => item.test(next) || /^\s{2,}\S/.test(next))) {
        if (item.test(one)) items.push(one.replace(item, ''))
        else items.push(`${items.pop() ?? ''} ${one.trim()}`)
      }
      blocks.push({ kind: 'list', ordered, items: items.map(inline) })
    } else if (/^\s*>/.test(line)) {
      const quoted = take((one) => /^\s*>/.test(one)).map((one) => one.replace(/^\s*>\s?/, ''))
      blocks.push({ kind: 'quote', children: inline(quoted.join(' ')) })
    } else {
      const first = line
      at += 1
      const rest = take((one) => one.trim() !== '' && !/^(#{1,6}\s|\s*(```|~~~)|\s*>)/.test(one) && !item.test(one))
      blocks.push({ kind: 'paragraph', children: inline([first, ...rest].map((one) => one.trim()).join(' ')) })
    }
  }
  return blocks
}

const item = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/

const marks =
  /`([^`]+)`|\*\*([^*]+(?:\*[^*]+\*[^*]*)*)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|(?<!\w)_([^_\s][^_]*)_(?!\w)|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"])/g

function inline(source: string): readonly Inline[] {
  const parts: Inline[] = []
  let end = 0
  for (const match of source.matchAll(marks)) {
    if (match.index > end) parts.push({ kind: 'text', text: source.slice(end, match.index) })
    end = match.index + match[0].length
    const [whole, code, strong, other, emphasis, under, words, target, bare] = match
    if (code !== undefined) parts.push({ kind: 'code', text: code })
    else if (strong !== undefined || other !== undefined) {
      parts.push({ kind: 'strong', children: inline(strong ?? other ?? '') })
    } else if (emphasis !== undefined || under !== undefined) {
      parts.push({ kind: 'emphasis', children: inline(emphasis ?? under ?? '') })
    } else if (bare !== undefined) parts.push({ kind: 'link', href: bare, children: [{ kind: 'text', text: bare }] })
    else if (safeTarget(target ?? '')) parts.push({ kind: 'link', href: target ?? '', children: inline(words ?? '') })
    else parts.push({ kind: 'text', text: whole })
  }
  if (end < source.length) parts.push({ kind: 'text', text: source.slice(end) })
  return parts
}

function safeTarget(target: string): boolean {
  return /^(https?:\/\/|mailto:)/i.test(target) || /^(\/(?!\/)|#|\?)/.test(target)
}

import { usualPorts } from '../../ingest/listen/options.ts'
import type { Receiver } from '../../ingest/receiver.ts'
import { receivers as receiverTable } from '../../ingest/receivers/index.ts'
import { filledSnippet } from '../../ingest/snippet-text.ts'

/** What the manual tells of a receiver; the receiver table fits. */
export type ReceiverPart = Pick<Receiver, 'name' | 'summary' | 'options' | 'example' | 'snippets'>

const CHAPTER = '\n## The receivers\n'
const BEGIN = '<!-- declared -->'
const END = '<!-- /declared -->'

/**
 * docs/receivers.md with what each receiver declares of itself between the marks of its section. What people wrote
 * around the marks stays; a section that is missing is added; sections are put in alphabetical order.
 * Throws when the chapter is missing or a section is of no receiver.
 */
export function receiverManual(text: string, receivers: readonly ReceiverPart[] = receiverTable): string {
  const at = text.indexOf(CHAPTER)
  if (at < 0) throw new Error(`docs/receivers.md has lost its chapter "${CHAPTER.trim()}"`)
  const [introduction = '', ...parts] = text.slice(at + CHAPTER.length).split(/^### /m)
  const written = new Map(parts.map((part) => [part.split('\n', 1)[0]?.trim() ?? '', part.replace(/^.*\n/, '')]))
  const sections = [...receivers]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((receiver) => {
      const prose = withoutDeclaration(written.get(receiver.name) ?? '')
      written.delete(receiver.name)
      const declared = `${BEGIN}\n${declaration(receiver)}\n${END}`
      return `### ${receiver.name}\n\n${declared}${prose === '' ? '' : `\n\n${prose}`}\n`
    })
  const [unknown] = written.keys()
  if (unknown !== undefined) throw new Error(`docs/receivers.md has a section "${unknown}", which is no receiver`)
  return `${text.slice(0, at)}${CHAPTER}${introduction.trimEnd()}\n\n${sections.join('\n')}`
}

function withoutDeclaration(section: string): string {
  const begin = section.indexOf(BEGIN)
  const end = section.indexOf(END)
  const whole = begin >= 0 && end > begin
  return (whole ? section.slice(0, begin) + section.slice(end + END.length) : section).trim()
}

function declaration({ name, summary, options, example, snippets = [] }: ReceiverPart): string {
  const ports = usualPorts(options)
  const opened = Object.entries(ports).map(
    ([listener, port]) => `\`receivers.${name}.${listener}.port\` (usually ${port})`,
  )
  // As one types it on the machine of a server that runs with the usual ports.
  const addresses = { url: 'http://127.0.0.1:4100', host: '127.0.0.1', ports }
  const code = (language: string, text: string) =>
    `\`\`\`${language}\n${filledSnippet(text, addresses).trimEnd()}\n\`\`\``
  return [
    `${summary}.`,
    opened.length === 0 ? keysOf(name) : `Ports: ${opened.join(', ')}. ${keysOf(name)}`,
    code('sh', example),
    ...snippets.map(({ title, language, text }) => `${title}:\n\n${code(language, text)}`),
  ].join('\n\n')
}

const keysOf = (name: string) => `All keys: [receivers.${name}](configuration.md#receivers${name}).`

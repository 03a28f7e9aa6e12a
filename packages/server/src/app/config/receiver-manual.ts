import type { Receiver } from '../../ingest/receiver.ts'
import { receivers as receiverTable } from '../../ingest/receivers/index.ts'
import { type ConfigKey, configTree, keysOf } from './keys.ts'

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
  const keys = [...keysOf(configTree(receivers))]
  const sections = [...receivers]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((receiver) => {
      const prose = withoutDeclaration(written.get(receiver.name) ?? '')
      written.delete(receiver.name)
      const declared = `${BEGIN}\n${declaration(receiver, keys)}\n${END}`
      return `### ${receiver.name}\n\n${declared}${prose === '' ? '' : `\n\n${prose}`}\n`
    })
  const [unknown] = written.keys()
  if (unknown !== undefined) throw new Error(`docs/receivers.md has a section "${unknown}", which is no receiver`)
  return `${text.slice(0, at)}${CHAPTER}${introduction.trimEnd()}\n\n${sections.join('\n')}`
}

/** A command or snippet as one types it on the machine of a server that runs with the usual ports. */
export function withUsualAddresses(text: string, name: string, keys: readonly ConfigKey[]): string {
  const ports = new Map(usualPorts(name, keys).map(({ listener, port }) => [`PORT_${listener.toUpperCase()}`, port]))
  return text.replace(/\$(?:\{([A-Z_]+)\}|([A-Z_]+))/g, (whole, braced?: string, bare?: string) => {
    const variable = braced ?? bare ?? ''
    if (variable === 'URL') return 'http://127.0.0.1:4100'
    return variable === 'HOST' ? '127.0.0.1' : (ports.get(variable) ?? whole)
  })
}

function withoutDeclaration(section: string): string {
  const begin = section.indexOf(BEGIN)
  const end = section.indexOf(END)
  const whole = begin >= 0 && end > begin
  return (whole ? section.slice(0, begin) + section.slice(end + END.length) : section).trim()
}

function declaration({ name, summary, example, snippets = [] }: ReceiverPart, keys: readonly ConfigKey[]): string {
  const ports = usualPorts(name, keys).map(({ path, port }) => `\`${path}\` (usually ${port})`)
  const all = `All keys: [receivers.${name}](configuration.md#receivers${name.replaceAll('.', '')}).`
  const code = (language: string, text: string) =>
    `\`\`\`${language}\n${withUsualAddresses(text, name, keys).trimEnd()}\n\`\`\``
  return [
    `${summary}.`,
    ports.length === 0 ? all : `Opened by ${ports.join(', ')}. ${all}`,
    code('sh', example),
    ...snippets.map(({ title, language, text }) => `${title}:\n\n${code(language, text)}`),
  ].join('\n\n')
}

/** Ports that a receiver can open. Their keys name the usual number: see listen/options.ts. */
function usualPorts(name: string, keys: readonly ConfigKey[]) {
  return keys.flatMap(({ path, description }) => {
    const listener = new RegExp(`^receivers\\.${name}\\.(\\w+)\\.port$`).exec(path)?.[1]
    const port = /\busually (\d+)/.exec(description)?.[1]
    return listener === undefined || port === undefined ? [] : [{ path, listener, port }]
  })
}

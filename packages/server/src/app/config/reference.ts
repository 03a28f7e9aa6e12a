import type { ConfigKey, ConfigSection, ReceiverDeclaration } from './keys.ts'
import { configTree, isSection, keysOf } from './keys.ts'

/** Every key with its description, kind, what is allowed and default, in order of declaration. */
export function describeConfig(receivers?: readonly ReceiverDeclaration[]): ConfigKey[] {
  return [...keysOf(configTree(receivers))]
}

const INTRODUCTION = `# Configuration

Every key has a default: Girok runs without any configuration. Values come from four places, the later winning:

1. the defaults below;
2. a YAML file: the one named by \`--config FILE\`, or \`girok.yaml\` in the working directory;
3. environment variables: \`GIROK_\` and the path in capitals, its parts joined by two underscores, hyphens as one
   (\`GIROK_SERVER__PORT=4200\`); lists are written with commas;
4. flags: \`--set server.port=4200\`, and the short ones of \`girok serve --help\`.

\`girok config check\` tells whether a configuration is good; an unknown key is an error that names the nearest known one.
\`girok config print\` shows what is in force, secrets hidden.

Sizes are written \`256KB\`, \`8MiB\`, or as a number of bytes; KB and KiB both mean 1,024 bytes.
Durations are written \`100ms\`, \`30s\`, \`7d\`, \`30d1h\`; except for \`0\` they need a unit.
Relative paths start at the working directory.
`

/** The text of docs/configuration.md, made of the schema. */
export function configReference(receivers?: readonly ReceiverDeclaration[]): string {
  const tree = configTree(receivers)
  const loose = [...tree.children.values()].filter((node): node is ConfigKey => !isSection(node))
  const sections = [...tree.children.values()].filter(isSection)
  const parts = [INTRODUCTION, '## General\n', table(loose), ...sections.map((section) => chapter(section, 2))]
  return `${parts.join('\n').trimEnd()}\n`
}

function chapter(section: ConfigSection, level: number): string {
  const keys = [...section.children.values()].filter((node): node is ConfigKey => !isSection(node))
  const inner = [...section.children.values()].filter(isSection)
  const parts = [`${'#'.repeat(level)} ${section.path}\n`]
  if (section.description !== '') parts.push(`${section.description}\n`)
  if (keys.length > 0) parts.push(table(keys))
  for (const child of inner) parts.push(chapter(child, level + 1))
  return parts.join('\n')
}

function table(keys: readonly ConfigKey[]): string {
  const rows = keys.map((key) => {
    const value = key.default === '' ? 'unset' : `\`${cell(key.default)}\``
    const secret = key.secret ? ' Secret.' : ''
    return `| \`${key.path}\` | ${value} | ${cell(key.description)}${secret} Allowed: ${cell(key.allowed)}. |`
  })
  return ['| key | default | meaning |', '|---|---|---|', ...rows, ''].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

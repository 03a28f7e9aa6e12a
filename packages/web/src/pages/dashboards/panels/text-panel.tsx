import type { ComponentChildren, JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Block, type Inline, parseMarkdown } from '../model/markdown.ts'

/** Markdown as elements: it never becomes HTML text, so nothing in it can run. */
export function TextPanel({ text, label }: { readonly text: string; readonly label: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text])
  let level = 2
  return (
    <div class="dash-text" tabIndex={0} role="region" aria-label={label} data-testid="text-panel">
      {blocks.map((block, index) => {
        if (block.kind === 'heading') {
          // Below the panel's own heading, and never skipping a level, however it was written.
          level = Math.min(6, block.level + 2, level + 1)
        }
        return <BlockView key={index} block={block} level={level} />
      })}
    </div>
  )
}

function BlockView({ block, level }: { readonly block: Block; readonly level: number }) {
  switch (block.kind) {
    case 'heading': {
      const Heading = `h${level}` as 'h3'
      return <Heading>{inlines(block.children)}</Heading>
    }
    case 'paragraph':
      return <p>{inlines(block.children)}</p>
    case 'quote':
      return <blockquote>{inlines(block.children)}</blockquote>
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul'
      return (
        <List>
          {block.items.map((one, index) => (
            <li key={index}>{inlines(one)}</li>
          ))}
        </List>
      )
    }
    case 'code':
      return <pre>{block.text}</pre>
    case 'rule':
      return <hr />
  }
}

function inlines(parts: readonly Inline[]): ComponentChildren {
  return parts.map((part, index) => <InlineView key={index} part={part} />)
}

function InlineView({ part }: { readonly part: Inline }): JSX.Element {
  switch (part.kind) {
    case 'text':
      return <>{part.text}</>
    case 'code':
      return <code>{part.text}</code>
    case 'strong':
      return <strong>{inlines(part.children)}</strong>
    case 'emphasis':
      return <em>{inlines(part.children)}</em>
    case 'link':
      return (
        <a href={part.href} rel="noopener noreferrer" {...(/^https?:/i.test(part.href) ? { target: '_blank' } : {})}>
          {inlines(part.children)}
        </a>
      )
  }
}

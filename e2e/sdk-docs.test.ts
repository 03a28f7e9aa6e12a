/** Every complete program of the SDK's pages, run as it stands in an empty folder. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CodeBlock, codeBlocks } from './code-blocks.ts'
import { createWorkshop, type Workshop } from './programs.ts'
import { ROOT } from './server.ts'

const pages = readdirSync(join(ROOT, 'docs/sdk'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/sdk/${name.replaceAll('\\', '/')}`)
  .sort()

const programs: CodeBlock[] = pages.flatMap(codeBlocks).filter((block) => block.language === 'js')

let workshop: Workshop
beforeAll(() => {
  workshop = createWorkshop()
})
afterAll(() => workshop?.dispose())

describe('programs', () => {
  test.for(programs)('$file:$line', async ({ text }) => {
    // A folder of its own each: they write files.
    const folder = mkdtempSync(join(workshop.folder, 'page-'))
    const file = join(folder, 'program.mjs')
    writeFileSync(file, text)
    const started = performance.now()
    await workshop.shell(`cd ${folder} && exec ${process.execPath} program.mjs`)
    expect(performance.now() - started, 'a program of a page ends by itself').toBeLessThan(20_000)
  })
})

describe('pages', () => {
  test.for(pages)('%s ends with its caveats, and its links lead somewhere', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    expect(text).toMatch(/^#+ Caveats$/m)
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] as string)
    for (const link of links) expect(existsSync(join(ROOT, page, '..', link)), link).toBe(true)
  })
})

import { ALERTMANAGER, type NotificationTemplateContext, parseTemplate, type Template } from '@girok/query'
import type { Notification } from '../notification.ts'
import { SERVICE_TEXTS } from './defaults/service-texts.ts'
import { SHARED_TEXTS, type TemplateSources } from './defaults/shared-texts.ts'
import { EMAIL_TEMPLATE } from './email-template.ts'
import { HtmlEscaper } from './html-escaper.ts'
import type { NotificationTemplates } from './notification-templates.ts'
import { NotificationData } from './template-data.ts'
import type { TemplateFile } from './template-files.ts'

const FUNCTIONS = [ALERTMANAGER]
const OPTIONS = { functions: FUNCTIONS, missingKey: 'zero' } as const
const REMEMBERED = 1000

/**
 * Texts of notifications from the templates that every server has and those of files: of two of a name the one of the later
 * file counts, unless it is empty. Throws an Error with the file's name and the line when one is not well formed.
 */
export function createNotificationTemplates(files: readonly TemplateFile[] = []): NotificationTemplates {
  const known = [...files.map(({ name, text }) => parseTemplate(text, { ...OPTIONS, name })).reverse(), ...defaults()]
  let compiled = new Map<string, Template>()
  const compile = (source: string): Template => {
    let template = compiled.get(source)
    if (template === undefined) {
      template = parseTemplate(source, { ...OPTIONS, name: '', include: known })
      if (compiled.size >= REMEMBERED) compiled = new Map()
      compiled.set(source, template)
    }
    return template
  }
  const contextOf = ({ nowMs, routeLabels }: Notification): NotificationTemplateContext => ({ nowMs, routeLabels })
  const isPlain = (source: string): boolean => !source.includes('{{')
  return {
    expand: (source, notification) =>
      isPlain(source) ? source : compile(source).execute(new NotificationData(notification), contextOf(notification)),
    expandHtml: (source, notification) =>
      isPlain(source)
        ? source
        : compile(source).execute(new NotificationData(notification), contextOf(notification), new HtmlEscaper()),
  }
}

let builtIn: readonly Template[] | undefined

/** Parsed when they are first asked for. */
function defaults(): readonly Template[] {
  builtIn ??= [definitions(SHARED_TEXTS), definitions(SERVICE_TEXTS), EMAIL_TEMPLATE].map((text) =>
    parseTemplate(text, { ...OPTIONS, name: 'default' }),
  )
  return builtIn
}

function definitions(sources: TemplateSources): string {
  return Object.entries(sources)
    .map(([name, source]) => `{{ define ${JSON.stringify(name)} }}${source}{{ end }}`)
    .join('\n')
}

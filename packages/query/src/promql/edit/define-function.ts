import { typeName } from '../check/types.ts'
import { PROM_FUNCTIONS } from '../functions.ts'
import type { PromDocEntry } from './doc.ts'

/**
 * Describes a function; types and what may be left out come from its signature. `names` are the names of its parameters, as
 * many as the signature lists.
 */
export function defineFunction(name: string, names: readonly string[], text: string, example: string): PromDocEntry {
  const rule = PROM_FUNCTIONS.get(name)
  if (rule === undefined) throw new Error(`no function of PromQL is called ${name}`)
  const params = rule.args.map((type, index) => {
    const last = index === rule.args.length - 1
    const optional = last && rule.variadic !== 0 ? '?' : ''
    const more = last && rule.variadic !== 0 && rule.variadic !== 1 ? ', …' : ''
    return `${names[index] ?? 'v'}${optional}: ${typeName(type)}${more}`
  })
  const signature = `${name}(${params.join(', ')}): ${typeName(rule.returns)}`
  return [name, { kind: 'function', signature, text, example, experimental: rule.experimental }]
}

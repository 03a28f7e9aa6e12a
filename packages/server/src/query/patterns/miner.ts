import { isWord, looksLikeValue, type TokenizedLine, tokenizeLine } from './tokens.ts'

/** Lines that are alike, and what they have in common. */
export interface Cluster {
  /** Undefined where the lines differ. */
  readonly tokens: (string | undefined)[]
  readonly level: string
  readonly before: boolean
  after: boolean
}

/** Share of the words (but for values) that two lines must have in common. */
const MIN_ALIKE = 0.5
/** Clusters of one form; a further line joins the one that is most alike. */
const MAX_SAME_FORM = 24
const MAX_CLUSTERS = 4000

/**
 * Finds what lines have in common, as Drain does (He et al., 2017): lines of one form (here: level, and what stands
 * between the words) are held against the clusters of that form; a line joins the one that most of its words agree with,
 * and words that differ become wildcards. What comes out depends on the order of the lines and on nothing else. Memory is
 * bounded by the number of clusters.
 */
export class PatternMiner {
  readonly clusters: Cluster[] = []
  readonly #byForm = new Map<string, Cluster[]>()

  /** The cluster that the line belongs to; undefined when there are too many already. */
  add(line: string, level: string): Cluster | undefined {
    const tokenized = tokenizeLine(line)
    const form = `${level}\n${tokenized.skeleton}`
    let alike = this.#byForm.get(form)
    if (!alike) {
      if (this.clusters.length >= MAX_CLUSTERS) return undefined
      alike = []
      this.#byForm.set(form, alike)
    }
    const cluster = best(alike, tokenized.tokens)
    if (cluster) {
      merge(cluster, tokenized)
      return cluster
    }
    if (this.clusters.length >= MAX_CLUSTERS) return undefined
    const { before, after } = tokenized
    const created: Cluster = { tokens: [...tokenized.tokens], level, before, after }
    alike.push(created)
    this.clusters.push(created)
    return created
  }
}

function best(clusters: readonly Cluster[], tokens: readonly string[]): Cluster | undefined {
  let chosen: Cluster | undefined
  let highest = clusters.length >= MAX_SAME_FORM ? -1 : MIN_ALIKE
  for (const cluster of clusters) {
    const likeness = likenessOf(cluster.tokens, tokens)
    if (likeness > highest || (likeness === highest && chosen === undefined && likeness >= MIN_ALIKE)) {
      highest = likeness
      chosen = cluster
      if (likeness === 1) break
    }
  }
  return chosen
}

/** Share of words that agree, 1 for lines without words. A wildcard agrees by half with a word, and wholly with a value. */
function likenessOf(known: readonly (string | undefined)[], tokens: readonly string[]): number {
  let words = 0
  let equal = 0
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string
    if (!isWord(token)) continue
    const other = known[i]
    if (!looksLikeValue(token)) {
      words++
      if (token === other) equal++
      else if (other === undefined) equal += 0.5
    } else if (other !== undefined && !looksLikeValue(other)) words++
  }
  return words === 0 ? 1 : equal / words
}

function merge(cluster: Cluster, { tokens, after }: TokenizedLine): void {
  for (let i = 0; i < tokens.length; i++) {
    const known = cluster.tokens[i]
    if (known === undefined || known === tokens[i]) continue
    // A word, or the width of a gap.
    cluster.tokens[i] = undefined
  }
  if (after) cluster.after = true
}

/** Headers of a request; names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

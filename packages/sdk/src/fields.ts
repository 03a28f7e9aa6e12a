/** Values that a record carries besides its message: any JavaScript values, errors included. */
export type Fields = Readonly<Record<string, unknown>>

export type * from './eval/types.ts'
export type * from './logql/ast.ts'
export { MAX_QUERY_BYTES, parseLogQL, parseSelector } from './logql/parse/parse.ts'
export { QueryError } from './text/error.ts'

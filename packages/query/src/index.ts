export type * from './eval/types.ts'
export type * from './logql/ast.ts'
export { QueryError } from './text/error.ts'

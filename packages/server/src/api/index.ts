export type * from './contract.ts'
export type { ApiContext, ApiRequest, ApiResponse, Route, SampleControl, TailLimits } from './route.ts'
export { allRoutes } from './routes/index.ts'
export { type TailRequest, type TailSocket, tailPaths } from './tail/index.ts'

export { runAgentProgram } from './program.ts'

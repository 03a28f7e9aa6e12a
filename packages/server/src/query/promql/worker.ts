/**
 * A thread that evaluates PromQL. It is given samples and gives results back; it has no part in the storage engine, whose
 * native library must not be loaded twice, and can be ended at any time.
 */
import { parentPort } from 'node:worker_threads'
import { evaluatePromQL } from '@girok/query/promql'
import { packFault, packResult, unpackRequest, type WorkerRequest } from './worker-messages.ts'

parentPort?.on('message', (request: WorkerRequest) => {
  try {
    const { expr, grid, options, data, answers } = unpackRequest(request)
    const { message, transfer } = packResult(evaluatePromQL(expr, grid, options, data, answers))
    parentPort?.postMessage(message, transfer)
  } catch (error) {
    parentPort?.postMessage(packFault(error))
  }
})

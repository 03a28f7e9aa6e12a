#!/usr/bin/env node
// CommonJS and first of all, because both are read when native code starts its first thread, before any ES module runs.
// Every statement that the storage engine works on holds one thread of this pool.
process.env.UV_THREADPOOL_SIZE ??= '16'
// The engine's allocator gives memory that it does not use back to the system soon.
process.env.MALLOC_CONF ??= 'dirty_decay_ms:500'
// Bodies of pushes count as if they were on the heap of 20 MB: without this every fourth push of a megabyte makes the
// collector mark all of it (50 times per million lines, 0.8 s of CPU; 5 times with it).
require('node:v8').setFlagsFromString('--heap-growing-percent=300')
// Functions are compiled, quickly and plainly, before they run for the first time: a query of a kind that was not asked yet
// costs a tenth less.
require('node:v8').setFlagsFromString('--always-sparkplug')

import('../dist/main.js').catch((error) => {
  const unbuilt = error.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('main.js')
  console.error(`girok: ${unbuilt ? 'this copy is not built yet: run npm start or npm run build once' : error.message}`)
  process.exitCode = 1
})

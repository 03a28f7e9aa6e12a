#!/usr/bin/env node
// CommonJS and first of all, because it counts only before the heap grows: the young half of the heap stays as small as it
// begins. Lines live for milliseconds; 32 MB of room for them would be most of the agent's memory and gain no time.
require('node:v8').setFlagsFromString('--semi-space-growth-factor=1')

import('../dist/bundle/main.js').catch((error) => {
  const unbuilt = error.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('main.js')
  console.error(`girok-agent: ${unbuilt ? 'this copy is not built yet: run npm run build once' : error.message}`)
  process.exitCode = 1
})

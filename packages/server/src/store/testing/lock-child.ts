import { lockDirectory } from '../lock.ts'

// Locks the directory of argument 1, says so, and holds it until its input ends.
try {
  await lockDirectory(process.argv[2] ?? '')
  console.log(`locked ${process.pid}`)
  process.stdin.resume()
  process.stdin.on('end', () => process.exit(0))
} catch (error) {
  console.log(`refused ${error instanceof Error ? error.message : error}`)
}

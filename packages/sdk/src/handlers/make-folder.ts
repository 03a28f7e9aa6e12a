type FileSystem = Pick<typeof import('node:fs'), 'mkdirSync' | 'statSync'>

/**
 * Makes a folder and those above it. Not mkdirSync's `recursive`, which on Node 20 never returns where the system says
 * ENOENT below a folder that is there: in /proc. The file system is given, because some who call run in browsers too.
 * @throws what the file system says
 */
export function makeFolder(fs: FileSystem, path: string): void {
  if (isFolder(fs, path)) return
  const above = path.replace(/[\\/]+[^\\/]*[\\/]*$/, '')
  if (above !== '' && above !== path) makeFolder(fs, above)
  try {
    fs.mkdirSync(path)
  } catch (error) {
    // Another process may have made it in between.
    if (!isFolder(fs, path)) throw error
  }
}

function isFolder(fs: FileSystem, path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

// Runs a command under the Node this project is written for, whatever Node started npm.
//
// The engine is TypeScript run without a build step, which needs Node 24. npm brings that Node as an
// optional platform package; with npm 10 its `.bin/node` link may be missing, so it is found here by name.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'

const NODE_MAJOR_MIN = 24

/** The folder that holds a new enough `node`, '' when the running one will do, undefined when there is none. */
function nodeFolder() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return ''
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const require = createRequire(import.meta.url)
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const folder = `${dirname(require.resolve(`${name}/package.json`))}/bin`
      if (existsSync(folder)) return folder
    } catch {
      // Not installed: npm takes only the package that fits this platform.
    }
  }
  return undefined
}

/** Whether the running Node will do. */
export function isNodeNewEnough() {
  return nodeFolder() === ''
}

/**
 * Runs `command` with inherited stdio, forwards signals, and ends as it ended. A `tied` command is told by its channel
 * when this process is gone, even by `kill -9`, so that none is left behind unseen.
 */
export function runWithNode(command, args, { tied = false } = {}) {
  const folder = nodeFolder()
  if (folder === undefined) {
    console.error(
      `Fulcrum needs Node ${NODE_MAJOR_MIN} or later; this is ${process.version} and npm brought none for ${process.platform}-${process.arch}. Install Node ${NODE_MAJOR_MIN} and run the command again.`,
    )
    process.exit(1)
  }
  const path = [folder, process.env.PATH].filter(Boolean).join(delimiter)
  const stdio = ['inherit', 'inherit', 'inherit', ...(tied ? ['ipc'] : [])]
  const child = spawn(command, args, { stdio, env: { ...process.env, PATH: path } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`${command}: ${error.message}`)
    process.exit(127)
  })
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1))
  })
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith('with-node.mjs')) {
  const [command, ...args] = process.argv.slice(2)
  runWithNode(command, args)
}

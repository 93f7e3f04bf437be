import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const fulcrum = fileURLToPath(new URL('../../bin/fulcrum.mjs', import.meta.url))

export interface RunningVenue {
  readonly url: string
  /** What it printed up to being ready. */
  readonly announcement: string
  readonly process: ChildProcess
  /** All that it wrote to either output. */
  written(): string
  /** SIGTERM, and the exit code it ended with. */
  stop(): Promise<number | null>
}

/** `fulcrum start` with these arguments, as its own process on a free port; resolves once it announces itself. */
export async function runVenue(...flags: string[]): Promise<RunningVenue> {
  const child = spawn(process.execPath, [fulcrum, 'start', '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complaints = ''
  child.stderr?.on('data', (data: Buffer) => {
    complaints += data.toString()
  })
  const exited = once(child, 'exit')
  const announced = new Promise<string>((resolve) => {
    child.stdout?.on('data', (data: Buffer) => {
      printed += data.toString()
      const url = /trading at (http:\S+)/.exec(printed)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  const url = await Promise.race([
    announced,
    exited.then(([code]) => Promise.reject(new Error(`exit ${code}: ${complaints}`))),
  ])
  return {
    url,
    announcement: printed,
    process: child,
    written: () => printed + complaints,
    async stop() {
      child.kill('SIGTERM')
      const [code] = await exited
      return code as number | null
    },
  }
}

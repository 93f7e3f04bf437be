import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', main]
const OUTPUT_BYTES_MAX = 64 * 2 ** 20

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What `fulcrum` runs, without the launcher before it: a signal sent here hits the venue itself. */
export class KillableVenue {
  readonly #child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves to where it listens, or to null when it ended before it did. */
  readonly url: Promise<string | null>
  /** All it wrote to stderr so far. */
  complaints = ''

  constructor(...flags: string[]) {
    const args = [...NODE_FLAGS, 'start', '--port', '0', ...flags]
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.complaints += data.toString()
    })
    this.ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }))
    this.url = Promise.race([announcedUrl(this.#child), this.ended.then(() => null)])
  }

  /** Raises with what it complained of when it did not come up. */
  async ready(): Promise<string> {
    const url = await this.url
    if (url === null) throw new Error(`the venue did not start: ${this.complaints}`)
    return url
  }

  get processId(): number | undefined {
    return this.#child.pid
  }

  kill(): Promise<Ended> {
    this.#child.kill('SIGKILL')
    return this.ended
  }

  stop(): Promise<Ended> {
    this.#child.kill('SIGTERM')
    return this.ended
  }
}

function announcedUrl(child: ChildProcess): Promise<string> {
  let printed = ''
  return new Promise((resolve) => {
    child.stdout?.on('data', (data: Buffer) => {
      printed += data.toString()
      const url = /trading at (http:\S+)/.exec(printed)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
}

export interface Audited {
  readonly code: number
  readonly ok: boolean
  readonly violations: readonly string[]
  readonly [figure: string]: unknown
}

/** `fulcrum audit --data DIR`, in a process of its own. */
export function audit(dir: string): Promise<Audited> {
  const args = [...NODE_FLAGS, 'audit', '--data', dir]
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, output: string, complaints: string): void => {
      if (!output.startsWith('{')) reject(error ?? new Error(complaints))
      else resolve({ ...JSON.parse(output), code: (error as { code?: number } | null)?.code ?? 0 })
    }
    execFile(process.execPath, args, { maxBuffer: OUTPUT_BYTES_MAX }, done)
  })
}

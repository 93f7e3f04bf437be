import { Worker } from 'node:worker_threads'
import type { Batch } from './batch.ts'
import type { BatchWriter } from './store.ts'

/** What the projection thread answers to a batch: null, or what went wrong. */
export interface WriteAnswer {
  readonly failure: { readonly message: string; readonly errcode: number | null } | null
}

class WriteFailure extends Error {
  override readonly name = 'WriteFailure'
  /** SQLite's code; null when it was not SQLite that failed. */
  readonly errcode: number | null

  constructor(message: string, errcode: number | null) {
    super(message)
    this.errcode = errcode
  }
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Has batches written by a thread of its own, one after the other, so that the caller's thread never waits for a disk. */
export class WorkerWriter implements BatchWriter {
  readonly #worker: Worker
  #waiting: Waiting | null = null
  #stopped: Error | null = null

  constructor(path: string) {
    this.#worker = new Worker(new URL('./projection-worker.ts', import.meta.url), {
      workerData: { path },
    })
    this.#worker.unref()
    this.#worker.on('message', (answer: WriteAnswer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#stop(error as Error))
    this.#worker.on('exit', () => this.#stop(new Error('the projection thread has ended')))
  }

  write(batch: Batch): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== null) {
        reject(this.#stopped)
        return
      }
      this.#waiting = { resolve, reject }
      this.#worker.ref()
      this.#worker.postMessage(batch)
    })
  }

  async close(): Promise<void> {
    this.#worker.postMessage(null)
    if (this.#stopped !== null) return
    await new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
  }

  #settle({ failure }: WriteAnswer): void {
    const waiting = this.#waiting
    this.#waiting = null
    this.#worker.unref()
    if (failure === null) waiting?.resolve()
    else waiting?.reject(new WriteFailure(failure.message, failure.errcode))
  }

  #stop(error: Error): void {
    this.#stopped ??= error
    this.#waiting?.reject(error)
    this.#waiting = null
  }
}

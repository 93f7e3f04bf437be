import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { assert } from '../../core/assert.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { Sequence, UserId } from '../../core/domain/ids.ts'
import type { Batch } from './batch.ts'
import { loadProjection, type Projection } from './projection.ts'
import { appliedSequence, type ReadModelStore } from './store.ts'

export interface ProjectorOptions {
  /** Users whose orders are kept only if they trade: the market makers. May grow while running. */
  readonly quietUsers?: ReadonlySet<UserId>
  /** How long outcomes wait for others before they are written. */
  readonly delayMs?: number
  /** The most outcomes in one transaction; as many waiting are written without delay. */
  readonly batchMax?: number
  /** Told of every failed attempt to write; it is tried again, later each time. */
  readonly onFailure?: (error: unknown) => void
}

const DELAY_MS = 50
const BATCH_MAX = 2_000
const RETRY_FIRST_MS = 100
const RETRY_MAX_MS = 30_000

interface Waiter {
  readonly sequence: Sequence
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Carries outcomes into the read model, behind the venue by a moment, in batches. */
export class Projector {
  readonly #store: ReadModelStore
  readonly #projection: Projection
  readonly #delayMs: number
  readonly #batchMax: number
  readonly #onFailure: (error: unknown) => void
  #queue: Outcome[] = []
  #offered: Sequence
  #applied: Sequence
  #waiters: Waiter[] = []
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  readonly #closing = new AbortController()

  private constructor(
    store: ReadModelStore,
    projection: Projection,
    applied: Sequence,
    options: ProjectorOptions,
  ) {
    this.#store = store
    this.#projection = projection
    this.#applied = applied
    this.#offered = applied
    this.#delayMs = options.delayMs ?? DELAY_MS
    this.#batchMax = options.batchMax ?? BATCH_MAX
    this.#onFailure = options.onFailure ?? (() => {})
  }

  static async open(store: ReadModelStore, options: ProjectorOptions = {}): Promise<Projector> {
    const projection = await loadProjection(store.database, options.quietUsers ?? new Set())
    return new Projector(store, projection, await appliedSequence(store.database), options)
  }

  /** The last command whose events are in the read model. History is to be offered from the next one on. */
  get applied(): Sequence {
    return this.#applied
  }

  /** How many outcomes wait to be written. Whoever replays history holds back while this is large. */
  get waiting(): number {
    return this.#offered - this.#applied
  }

  /** Takes the next outcome. One that was taken before has no effect; a gap is a bug. */
  offer(outcome: Outcome): void {
    if (outcome.sequence <= this.#offered) return
    assert(outcome.sequence === this.#offered + 1, 'outcomes are offered in sequence')
    this.#offered = outcome.sequence
    this.#queue.push(outcome)
    if (this.#queue.length >= this.#batchMax) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), this.#delayMs).unref()
  }

  /** Resolves once everything offered so far is in the read model. Throws when it cannot be written now. */
  flush(): Promise<void> {
    return this.waitFor(this.#offered)
  }

  /** Resolves once the command and all before it are in the read model. Throws when it cannot be written now. */
  waitFor(sequence: Sequence): Promise<void> {
    if (sequence <= this.#applied) return Promise.resolve()
    if (this.#closing.signal.aborted) return Promise.reject(new Error('the projector is closed'))
    return new Promise((resolve, reject) => {
      this.#waiters.push({ sequence, resolve, reject })
      if (this.#queue.length > 0) this.#start()
    })
  }

  /** Writes what waits, unless that fails; history brings the rest back at the next start. */
  async close(): Promise<void> {
    await this.flush().catch(() => {})
    this.#closing.abort()
    await this.#running
    this.#rejectWaiters(new Error('the projector is closed'))
    await this.#store.close()
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // A turn for whoever offered: the rest of what it has to say belongs to the same batch.
    await Promise.resolve()
    while (this.#queue.length > 0 && !this.#closing.signal.aborted) {
      const outcomes = this.#queue.slice(0, this.#batchMax)
      this.#queue = this.#queue.slice(this.#batchMax)
      const batch = this.#projection.project(outcomes, this.#applied)
      if (!(await this.#write(batch))) break
      this.#applied = batch.to
      this.#resolveWaiters()
      // A store in this thread never waits for anything: requests get their turn between batches.
      if (this.#queue.length > 0) await nextTurn()
    }
    this.#running = null
  }

  /** Tries until it is written; false when closed meanwhile. */
  async #write(batch: Batch): Promise<boolean> {
    for (let waitMs = RETRY_FIRST_MS; ; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
      try {
        await this.#store.write(batch)
        return true
      } catch (error) {
        this.#onFailure(error)
        this.#rejectWaiters(error)
      }
      const { signal } = this.#closing
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return false
    }
  }

  #resolveWaiters(): void {
    const ready = this.#waiters.filter((waiter) => waiter.sequence <= this.#applied)
    this.#waiters = this.#waiters.filter((waiter) => waiter.sequence > this.#applied)
    for (const waiter of ready) waiter.resolve()
  }

  #rejectWaiters(error: unknown): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(error)
  }
}

import { writeCheckpoint } from '../journal/checkpoint.ts'
import type { Head } from '../journal/frame.ts'
import type { Machine } from './machine.ts'
import type { History } from './recovery.ts'

/** Takes checkpoints between batches. One that fails is only missed: the journal alone is the truth. */
export class Checkpointer {
  readonly #history: History
  readonly #every: number
  #latest: number
  #writing: Promise<void> | null = null

  constructor(history: History, every: number, latest: number) {
    this.#history = history
    this.#every = every
    this.#latest = latest
  }

  /** Begins a checkpoint when enough has happened since the last; the writing goes on by itself. */
  afterBatch(machine: Machine, head: Head, timestampMs: number): void {
    if (this.#writing === null && head.sequence - this.#latest >= this.#every)
      this.#begin(machine, head, timestampMs)
  }

  /** Resolves once a checkpoint of this state is written. */
  async last(machine: Machine, head: Head, timestampMs: number): Promise<void> {
    await this.#writing
    if (head.sequence > this.#latest) this.#begin(machine, head, timestampMs)
    await this.#writing
  }

  #begin(machine: Machine, head: Head, timestampMs: number): void {
    const { storage, dataDirectory, log } = this.#history
    this.#latest = head.sequence
    const checkpoint = { ...head, timestampMs, bytes: machine.encode() }
    this.#writing = writeCheckpoint(storage, dataDirectory, checkpoint)
      .then(
        () => log.info({ sequence: head.sequence }, 'checkpoint written'),
        (error) =>
          log.error({ error, sequence: head.sequence }, 'a checkpoint could not be written'),
      )
      .finally(() => {
        this.#writing = null
      })
  }
}

import type { Checkpoint } from '../journal/checkpoint.ts'
import { writeCheckpoint } from '../journal/checkpoint.ts'
import type { Head } from '../journal/frame.ts'
import type { Machine } from './machine.ts'
import type { History } from './recovery.ts'

/** Takes checkpoints between batches. One that fails is only missed: the journal alone is the truth. */
export class Checkpointer {
  readonly #history: History
  readonly #every: number
  readonly #ephemeral: boolean
  #latest: number
  #writing: Promise<void> | null = null

  /** An `ephemeral` journal keeps only what the two newest checkpoints need, or it would fill the memory. */
  constructor(history: History, every: number, latest: number, ephemeral: boolean) {
    this.#history = history
    this.#ephemeral = ephemeral
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
    const { log } = this.#history
    const before = this.#latest
    this.#latest = head.sequence
    this.#writing = this.#write({ ...head, timestampMs, bytes: machine.encode() }, before)
      .then(
        () => log.info({ sequence: head.sequence }, 'checkpoint written'),
        (error) => log.error({ error, sequence: head.sequence }, 'a checkpoint was not written'),
      )
      .finally(() => {
        this.#writing = null
      })
  }

  async #write(checkpoint: Checkpoint, before: number): Promise<void> {
    const { storage, dataDirectory, journal } = this.#history
    await writeCheckpoint(storage, dataDirectory, checkpoint)
    if (this.#ephemeral) await journal.discardThrough(before)
  }
}

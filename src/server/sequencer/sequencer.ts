import { present } from '../../core/assert.ts'
import type { Command, SequencedCommand } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { Sequence, TimestampMs } from '../../core/domain/ids.ts'
import type { Answer, Ask, QuestionName } from '../../core/domain/question.ts'
import type { Venue } from '../../core/domain/venue.ts'
import type { Head } from '../journal/frame.ts'
import { GENESIS_CHAIN } from '../journal/frame.ts'
import { Journal } from '../journal/journal.ts'
import { memoryStorage } from '../journal/memory-storage.ts'
import { nodeStorage } from '../journal/node-storage.ts'
import type { Storage } from '../journal/storage.ts'
import { Checkpointer } from './checkpointer.ts'
import type { Clock } from './clock.ts'
import { encodeCommand } from './command-codec.ts'
import { CommandQueue } from './command-queue.ts'
import { refuseOlderRules } from './journal-rules.ts'
import type { Engine, EngineState, Machine } from './machine.ts'
import { machineOf } from './machine.ts'
import type { History, Log, OutcomeListener } from './recovery.ts'
import { ApplyFailed, rebuild, recover, setCommandAside } from './recovery.ts'
import { Rebuilding, SequencerClosed, TooLate } from './sequencer-error.ts'
import { setAsideOf, setAsideOutcome } from './set-aside.ts'

const QUEUE_COMMANDS_MAX = 20_000
const CHECKPOINT_EVERY = 100_000
/** A venue that keeps nothing starts in an instant and takes little memory. */
const EPHEMERAL_SEGMENT_BYTES = 2 ** 20

export interface SequencerOptions<State extends EngineState> {
  readonly engine: Engine<State>
  /** The data folder; null keeps everything in memory, and nothing past the process. */
  readonly dir: string | null
  /** The machine's own disk when left out; memory without a folder. */
  readonly storage?: Storage
  readonly clock: Clock
  readonly log: Log
  /** Receives, before `open` resolves, the outcomes after a sequence: for read models that lag. */
  readonly catchUp?: { readonly after: number; readonly listener: OutcomeListener }
  /** Told of a failure after which nothing is taken; the process has to end. Thrown uncaught when left out. */
  readonly onFatal?: (error: unknown) => void
  readonly checkpointEvery?: number
  readonly queueCommandsMax?: number
  readonly segmentBytes?: number
}

interface Waiting {
  readonly command: Command
  readonly payload: Buffer
  readonly isLate: (() => boolean) | undefined
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Commands to be written together. */
interface Gathered {
  readonly waiting: readonly Waiting[]
  readonly timestampMs: TimestampMs
}

/** Commands that are durable, and the journal's head after them. */
interface Batch extends Gathered {
  readonly firstSequence: number
  readonly head: Head
}

interface Parts {
  readonly history: History
  readonly machine: Machine
  readonly setAside: Map<number, string>
  readonly checkpointer: Checkpointer
  readonly head: Head
  readonly timestampMs: number
}

/**
 * The single writer. Commands queue; what has gathered is written and synced as one batch, and only then applied,
 * published and answered, in sequence order. While a batch is being synced the one before it is applied and the next
 * one gathers.
 */
export class Sequencer {
  readonly #history: History
  readonly #machine: Machine
  readonly #setAside: Map<number, string>
  readonly #checkpointer: Checkpointer
  readonly #clock: Clock
  readonly #ephemeral: boolean
  readonly #onFatal: (error: unknown) => void
  readonly #listeners = new Set<OutcomeListener>()
  readonly #queue: CommandQueue<Waiting>
  readonly #running: Promise<void>
  #inHand: readonly (Gathered | null)[] = []
  #wake: (() => void) | null = null
  /** Time stamp of the batch written last, and of the one applied last with the head it led to. */
  #writtenMs: number
  #appliedMs: number
  #appliedHead: Head
  #rebuilding = false
  #closing = false
  #failure: { readonly error: unknown } | null = null

  private constructor(options: SequencerOptions<EngineState>, parts: Parts) {
    this.#history = parts.history
    this.#machine = parts.machine
    this.#setAside = parts.setAside
    this.#checkpointer = parts.checkpointer
    this.#clock = options.clock
    this.#ephemeral = options.dir === null
    this.#queue = new CommandQueue(options.queueCommandsMax ?? QUEUE_COMMANDS_MAX)
    this.#onFatal = options.onFatal ?? throwUncaught
    this.#writtenMs = parts.timestampMs
    this.#appliedMs = parts.timestampMs
    this.#appliedHead = parts.head
    this.#running = this.#run().catch((error) => this.#fail(error))
  }

  /**
   * Recovers the state from the data folder and takes commands from then on. Raises `RulesDiffer`, `JournalInUse`,
   * `JournalDamaged` or `ReplayDiverged`; the folder is then as it was.
   */
  static async open<State extends EngineState>(
    options: SequencerOptions<State>,
  ): Promise<Sequencer> {
    const { clock, log, dir } = options
    const storage = options.storage ?? (dir === null ? memoryStorage() : nodeStorage())
    const dataDirectory = dir ?? 'memory'
    const segmentBytes =
      options.segmentBytes ?? (dir === null ? EPHEMERAL_SEGMENT_BYTES : undefined)
    await refuseOlderRules(storage, dataDirectory)
    const journal = await Journal.open(storage, dataDirectory, {
      ...(segmentBytes === undefined ? {} : { segmentBytes }),
      onTornTail: (tail) => log.warn(tail, 'an unfinished write at the journal’s end was cut off'),
    })
    try {
      const history: History = { storage, dataDirectory, journal, log }
      const machine = machineOf(options.engine)
      const setAside = setAsideOf(journal.notes)
      const rebuilt = await recover(history, machine, setAside, options.catchUp)
      clock.continueFrom?.(rebuilt.timestampMs)
      const { sequence } = journal.head
      const chain = (await journal.chainAt(sequence)) ?? GENESIS_CHAIN
      const every = options.checkpointEvery ?? CHECKPOINT_EVERY
      const checkpointer = new Checkpointer(history, every, rebuilt.checkpoint, dir === null)
      log.info({ sequence, checkpoint: rebuilt.checkpoint, epoch: journal.epoch }, 'recovered')
      const { timestampMs } = rebuilt
      const head = { sequence, chain }
      return new Sequencer(options, { history, machine, setAside, checkpointer, head, timestampMs })
    } catch (error) {
      await journal.abandon()
      throw error
    }
  }

  /** Of the last command applied; 0 before any. */
  get sequence(): Sequence {
    return this.#machine.sequence
  }

  get venue(): Venue {
    return present(this.#machine.venue, 'a venue is opened before anything else')
  }

  /** Which of the runs that wrote this history this is, from 1. */
  get epoch(): number {
    return this.#history.journal.epoch
  }

  /** Commands taken and not yet written. */
  get queued(): number {
    return this.#queue.length
  }

  /** Commands that tripped an assertion and are passed over, with the claim, by sequence. */
  get setAside(): ReadonlyMap<number, string> {
    return this.#setAside
  }

  nowMs(): TimestampMs {
    return Math.max(this.#clock.nowMs(), this.#writtenMs) as TimestampMs
  }

  /** Hex SHA-256 of the state's canonical bytes. Raises `Rebuilding`. */
  stateHash(): string {
    this.#assertWhole()
    return this.#machine.stateHash()
  }

  /** Between commands, as of `sequence`. Raises `Rebuilding` while a state is made anew. */
  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q> {
    this.#assertWhole()
    return this.#machine.ask(name, question)
  }

  /** Hears every outcome once it is durable and applied, in sequence order, before its sender does. */
  subscribe(listener: OutcomeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Resolves once the command is durable and applied. Rejects with `Overloaded`, `SequencerClosed` or
   * `CommandInvalid` when nothing was done, and with `JournalFailed` when that is unknown. `isLate` is asked when the
   * command's turn to be written has come: then it may still be left alone, with `TooLate`.
   */
  async submit(command: Command, isLate?: () => boolean): Promise<Outcome> {
    if (this.#failure !== null) throw this.#failure.error
    if (this.#closing) throw new SequencerClosed()
    this.#queue.checkRoom(command)
    const payload = encodeCommand(command)
    return new Promise((resolve, reject) => {
      this.#queue.push({ command, payload, isLate, resolve, reject })
      this.#wake?.()
    })
  }

  /** Finishes what was taken, leaves a checkpoint, and lets the folder go. */
  async close(): Promise<void> {
    this.#closing = true
    this.#wake?.()
    await this.#running
    const { journal } = this.#history
    if (this.#failure !== null) return journal.abandon()
    if (!this.#ephemeral)
      await this.#checkpointer.last(this.#machine, this.#appliedHead, this.#appliedMs)
    await journal.close()
  }

  async #run(): Promise<void> {
    let synced: Batch | null = null
    for (;;) {
      if (synced === null && this.#queue.length === 0) {
        if (this.#closing) return
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      const gathered = this.#gather()
      this.#inHand = [synced, gathered]
      const appending = gathered === null ? null : this.#append(gathered)
      // A failed append is met where it is awaited, after the batch that is durable already.
      appending?.catch(() => {})
      if (synced !== null) await this.#applyAll(synced, appending)
      synced = await appending
    }
  }

  /** What has queued, as far as it makes one batch. */
  #gather(): Gathered | null {
    const waiting = this.#queue.takeBatch().filter(stillWaits)
    if (waiting.length === 0) return null
    const timestampMs = this.nowMs()
    this.#writtenMs = timestampMs
    return { waiting, timestampMs }
  }

  /** Durable once this resolves. */
  async #append({ waiting, timestampMs }: Gathered): Promise<Batch> {
    const { journal } = this.#history
    const firstSequence = journal.head.sequence + 1
    const records = waiting.map(({ payload }, index) => ({
      sequence: firstSequence + index,
      timestampMs,
      payload,
    }))
    return { waiting, timestampMs, firstSequence, head: await journal.append(records) }
  }

  async #applyAll(batch: Batch, appending: Promise<unknown> | null): Promise<void> {
    for (const [index, waiting] of batch.waiting.entries()) {
      const sequenced: SequencedCommand = {
        sequence: (batch.firstSequence + index) as Sequence,
        timestampMs: batch.timestampMs,
        command: waiting.command,
      }
      let outcome: Outcome
      try {
        outcome = this.#machine.apply(sequenced)
      } catch (error) {
        await appending
        outcome = await this.#passOver(new ApplyFailed(sequenced, error))
      }
      this.#publish(outcome, waiting)
    }
    this.#appliedHead = batch.head
    this.#appliedMs = batch.timestampMs
    this.#checkpointer.afterBatch(this.#machine, batch.head, batch.timestampMs)
  }

  /** After a failed assertion the state may be half changed, so it is made anew without the command. */
  async #passOver(failed: ApplyFailed): Promise<Outcome> {
    const { sequenced } = failed
    this.#rebuilding = true
    const claim = await setCommandAside(this.#history, this.#setAside, failed)
    const through = sequenced.sequence
    await rebuild(this.#history, this.#machine, this.#setAside, { through })
    this.#rebuilding = false
    return setAsideOutcome(sequenced, claim)
  }

  #publish(outcome: Outcome, { command, resolve }: Waiting): void {
    for (const listener of this.#listeners) {
      try {
        listener(outcome, command)
      } catch (error) {
        this.#history.log.error({ error, sequence: outcome.sequence }, 'a listener failed')
      }
    }
    resolve(outcome)
  }

  #assertWhole(): void {
    if (this.#rebuilding) throw new Rebuilding()
  }

  /** Nothing is answered from here on: what became of the commands in hand is unknown. */
  #fail(error: unknown): void {
    this.#failure = { error }
    const inHand = this.#inHand.flatMap((batch) => batch?.waiting ?? [])
    for (const { reject } of [...inHand, ...this.#queue.takeAll()]) reject(error)
    this.#history.log.error({ error }, 'the sequencer stopped')
    this.#onFatal(error)
  }
}

/** False of a command whose sender no longer wants it, who is told so. */
function stillWaits({ isLate, reject }: Waiting): boolean {
  if (isLate === undefined || !isLate()) return true
  reject(new TooLate())
  return false
}

function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

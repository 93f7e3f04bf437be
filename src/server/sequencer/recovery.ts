import type { Command, SequencedCommand } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { Sequence, TimestampMs } from '../../core/domain/ids.ts'
import {
  checkpointDirectory,
  listCheckpoints,
  readCheckpoint,
  sha256,
} from '../journal/checkpoint.ts'
import type { JournalRecord } from '../journal/frame.ts'
import type { Journal } from '../journal/journal.ts'
import { JournalDamaged } from '../journal/journal-error.ts'
import type { Storage } from '../journal/storage.ts'
import { decodeCommand } from './command-codec.ts'
import type { Machine } from './machine.ts'
import { ReplayDiverged } from './sequencer-error.ts'
import type { SetAside } from './set-aside.ts'
import { claimOf, encodeSetAside, setAsideOutcome } from './set-aside.ts'

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type OutcomeListener = (outcome: Outcome, command: Command) => void

export interface History {
  readonly storage: Storage
  readonly dataDirectory: string
  readonly journal: Journal
  readonly log: Log
}

/** A command that the engine could not apply. The machine's state is void after it. */
export class ApplyFailed extends Error {
  override readonly name = 'ApplyFailed'
  readonly sequenced: SequencedCommand

  constructor(sequenced: SequencedCommand, cause: unknown) {
    super(`command ${sequenced.sequence} could not be applied`, { cause })
    this.sequenced = sequenced
  }
}

export interface Replay {
  /** Where to stop; the journal's head when left out. */
  readonly through?: number
  /** Outcomes past `after` are wanted: replay starts no later than there. */
  readonly outcomes?: { readonly after: number; readonly listener: OutcomeListener }
}

/** What a state was made from: the checkpoint (0: none), and when its last command was. */
export interface Rebuilt {
  readonly checkpoint: number
  readonly timestampMs: number
}

/**
 * Makes the state anew: the newest checkpoint that holds, then the journal after it, without what was set aside.
 * Raises `ApplyFailed` for a command that is not set aside and should be.
 */
export async function rebuild(
  history: History,
  machine: Machine,
  setAside: SetAside,
  { through = history.journal.head.sequence, outcomes }: Replay = {},
): Promise<Rebuilt> {
  const checkpointMax = Math.min(through, outcomes?.after ?? through)
  const { checkpoint, timestampMs } = await loadCheckpoint(history, machine, checkpointMax)
  let latestMs = timestampMs
  for await (const record of history.journal.records(checkpoint)) {
    if (record.sequence > through) break
    latestMs = record.timestampMs
    const sequenced = sequencedOf(record)
    const outcome = replayOne(machine, sequenced, setAside)
    if (outcomes !== undefined && record.sequence > outcomes.after)
      outcomes.listener(outcome, sequenced.command)
  }
  return { checkpoint, timestampMs: latestMs }
}

function sequencedOf(record: JournalRecord): SequencedCommand {
  return {
    sequence: record.sequence as Sequence,
    timestampMs: record.timestampMs as TimestampMs,
    command: decodeCommand(record.payload),
  }
}

function replayOne(machine: Machine, sequenced: SequencedCommand, setAside: SetAside): Outcome {
  const claim = setAside.get(sequenced.sequence)
  if (claim !== undefined) {
    machine.passOver(sequenced.sequence)
    return setAsideOutcome(sequenced, claim)
  }
  try {
    return machine.apply(sequenced)
  } catch (error) {
    throw new ApplyFailed(sequenced, error)
  }
}

/** Leaves the machine at the newest usable checkpoint up to `through`, or at the beginning. */
async function loadCheckpoint(
  history: History,
  machine: Machine,
  through: number,
): Promise<Rebuilt> {
  const { storage, dataDirectory, log } = history
  for (const sequence of await listCheckpoints(storage, dataDirectory)) {
    if (sequence > through) continue
    const loaded = await loadOne(history, machine, sequence)
    if (typeof loaded !== 'string') return loaded
    log.warn({ checkpoint: sequence, flaw: loaded }, 'a checkpoint was passed over')
  }
  machine.reset()
  return { checkpoint: 0, timestampMs: 0 }
}

async function loadOne(
  { storage, dataDirectory, journal }: History,
  machine: Machine,
  sequence: number,
): Promise<Rebuilt | string> {
  const checkpoint = await readCheckpoint(storage, dataDirectory, sequence)
  if (typeof checkpoint === 'string') return checkpoint
  const chain = await journal.chainAt(sequence)
  if (chain === null || Buffer.compare(chain, checkpoint.chain) !== 0)
    return 'it belongs to another journal'
  try {
    machine.load(checkpoint.bytes)
  } catch (error) {
    return `it cannot be read: ${error instanceof Error ? error.message : error}`
  }
  // Decoding that loses anything shows here, and not weeks later.
  const same = machine.stateHash() === sha256(checkpoint.bytes).toString('hex')
  if (!same || machine.sequence !== sequence) return 'its state does not encode to the same bytes'
  return { checkpoint: sequence, timestampMs: checkpoint.timestampMs }
}

/**
 * The state after the whole journal. A command at its very end that cannot be applied, as it was in hand when the
 * last process ended, is set aside here; raises `ReplayDiverged` for an older one.
 */
export async function recover(
  history: History,
  machine: Machine,
  setAside: Map<number, string>,
  catchUp?: Replay['outcomes'],
): Promise<Rebuilt> {
  await refuseLostJournal(history)
  let delivered = catchUp?.after ?? 0
  const outcomes = catchUp && {
    after: catchUp.after,
    listener: (outcome: Outcome, command: Command) => {
      if (outcome.sequence <= delivered) return
      delivered = outcome.sequence
      catchUp.listener(outcome, command)
    },
  }
  for (;;) {
    try {
      return await rebuild(history, machine, setAside, outcomes && { outcomes })
    } catch (error) {
      if (!(error instanceof ApplyFailed)) throw error
      const { sequence } = error.sequenced
      if (sequence < history.journal.undecidedFrom) throw new ReplayDiverged(sequence, error.cause)
      await setCommandAside(history, setAside, error)
    }
  }
}

/** Writes down, durably and loudly, that history goes on without a command. */
export async function setCommandAside(
  { journal, log }: History,
  setAside: Map<number, string>,
  { sequenced, cause }: ApplyFailed,
): Promise<string> {
  const { sequence, timestampMs, command } = sequenced
  const claim = claimOf(cause)
  await journal.appendNote(timestampMs, encodeSetAside(sequence, claim))
  setAside.set(sequence, claim)
  log.error({ sequence, command: command.type, claim, error: cause }, 'a command was set aside')
  return claim
}

/** A checkpoint stands only for what the journal held durably, so a journal that ends before one has lost its end. */
async function refuseLostJournal({
  storage,
  dataDirectory,
  journal,
}: Omit<History, 'log'>): Promise<void> {
  const newest = (await listCheckpoints(storage, dataDirectory))[0] ?? 0
  if (newest <= journal.head.sequence) return
  throw new JournalDamaged(
    `${dataDirectory}/journal`,
    0,
    `the journal ends at sequence ${journal.head.sequence}, but there is a checkpoint at ${newest}`,
    `Put the missing segments back. What came after ${journal.head.sequence} is otherwise only in ${checkpointDirectory(dataDirectory)}`,
  )
}

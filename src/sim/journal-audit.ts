import { createHash } from 'node:crypto'
import type { SequencedCommand } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { Sequence, TimestampMs } from '../core/domain/ids.ts'
import { apply } from '../core/engine/engine.ts'
import { assertSound } from '../core/engine/invariants.ts'
import { encodeState } from '../core/engine/snapshot.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { createState } from '../core/engine/state.ts'
import { listCheckpoints, readCheckpoint } from '../server/journal/checkpoint.ts'
import type { JournalRecord } from '../server/journal/frame.ts'
import { JournalDamaged } from '../server/journal/journal-error.ts'
import { readRecords } from '../server/journal/read.ts'
import type { JournalScan } from '../server/journal/scan.ts'
import { scanJournal } from '../server/journal/scan.ts'
import { journalDirectory } from '../server/journal/segment.ts'
import type { Storage } from '../server/journal/storage.ts'
import { decodeCommand } from '../server/sequencer/command-codec.ts'
import { refuseOlderRules } from '../server/sequencer/journal-rules.ts'
import { setAsideOf, setAsideOutcome } from '../server/sequencer/set-aside.ts'
import type { AuditResult } from './auditor.ts'
import { Auditor } from './auditor.ts'

/** The engine's own walk over the whole state runs at one in so many commands, and after the last. */
const SOUND_ONE_IN = 5_000

/**
 * Reads a data folder's journal from nothing, checks its chain, applies every command to an empty engine, and has an
 * auditor with a model of its own follow. Checkpoints on disk must hold the very state that the journal leads to.
 * Takes no lock and changes nothing, so a running venue can be audited as far as it has come. Raises `RulesDiffer`.
 */
export async function auditJournal(
  storage: Storage,
  dataDirectory: string,
  onProgress: (done: number, of: number) => void = () => {},
  onOutcome: (outcome: Outcome) => void = () => {},
): Promise<AuditResult> {
  const found: string[] = []
  const auditor = new Auditor()
  const state = createState()
  await refuseOlderRules(storage, dataDirectory)
  try {
    const directory = journalDirectory(dataDirectory)
    const scan = await scanJournal(storage, directory)
    const checkpoints = await checkpointHashes(storage, dataDirectory, found)
    await follow({ storage, scan, auditor, state, checkpoints, found, onProgress, onOutcome })
  } catch (error) {
    // What follows from a journal that cannot be read, or a command that cannot be applied, cannot be told.
    if (!(error instanceof JournalDamaged || error instanceof CannotGoOn)) throw error
    found.push(error.message)
  }
  const audit = auditor.finish(state, hashOf(state))
  const violations = [...found, ...audit.violations]
  return { ...audit, ok: violations.length === 0, violations }
}

class CannotGoOn extends Error {
  override readonly name = 'CannotGoOn'
}

interface Following {
  readonly storage: Storage
  readonly scan: JournalScan
  readonly auditor: Auditor
  readonly state: ExchangeState
  /** Hex SHA-256 of the state after a sequence. */
  readonly checkpoints: ReadonlyMap<number, string>
  readonly found: string[]
  readonly onProgress: (done: number, of: number) => void
  readonly onOutcome: (outcome: Outcome) => void
}

async function follow(following: Following): Promise<void> {
  const { storage, scan, auditor, state, checkpoints, found } = following
  const setAside = setAsideOf(scan.notes)
  const last = scan.head.sequence
  for await (const record of readRecords(storage, scan.segments, 0, last)) {
    const sequenced = sequencedOf(record)
    const claim = setAside.get(sequenced.sequence)
    const outcome =
      claim === undefined ? applied(state, sequenced) : passedOver(state, sequenced, claim)
    auditor.observe(sequenced, outcome)
    following.onOutcome(outcome)
    const expected = checkpoints.get(sequenced.sequence)
    if (expected !== undefined && expected !== hashOf(state)) {
      found.push(`the checkpoint at ${sequenced.sequence} holds another state than the journal`)
    }
    if (sequenced.sequence % SOUND_ONE_IN === 0 || sequenced.sequence === last) {
      checkSound(state, found)
    }
    following.onProgress(sequenced.sequence, last)
  }
}

function sequencedOf({ sequence, timestampMs, payload }: JournalRecord): SequencedCommand {
  const at = { sequence: sequence as Sequence, timestampMs: timestampMs as TimestampMs }
  try {
    return { ...at, command: decodeCommand(payload) }
  } catch (error) {
    throw new CannotGoOn(`command ${sequence} cannot be read: ${messageOf(error)}`)
  }
}

function passedOver(state: ExchangeState, sequenced: SequencedCommand, claim: string): Outcome {
  state.sequence = sequenced.sequence
  return setAsideOutcome(sequenced, claim)
}

function applied(state: ExchangeState, sequenced: SequencedCommand): Outcome {
  try {
    return apply(state, sequenced)
  } catch (error) {
    throw new CannotGoOn(`command ${sequenced.sequence} cannot be applied: ${messageOf(error)}`)
  }
}

function checkSound(state: ExchangeState, found: string[]): void {
  if (state.venue === null) return
  try {
    assertSound(state)
  } catch (error) {
    found.push(`after command ${state.sequence}: ${messageOf(error)}`)
  }
}

async function checkpointHashes(
  storage: Storage,
  dataDirectory: string,
  found: string[],
): Promise<Map<number, string>> {
  const hashes = new Map<number, string>()
  for (const sequence of await listCheckpoints(storage, dataDirectory)) {
    const checkpoint = await readCheckpoint(storage, dataDirectory, sequence)
    if (typeof checkpoint === 'string') found.push(checkpoint)
    else hashes.set(sequence, createHash('sha256').update(checkpoint.bytes).digest('hex'))
  }
  return hashes
}

function hashOf(state: ExchangeState): string {
  return createHash('sha256').update(encodeState(state)).digest('hex')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

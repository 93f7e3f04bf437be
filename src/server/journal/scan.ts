import type { Batch, Flaw, Head, JournalRecord } from './frame.ts'
import {
  decodeBatch,
  decodeBatchHeader,
  GENESIS_CHAIN,
  isFlaw,
  recordsOf,
  SECTOR_BYTES,
} from './frame.ts'
import type { TornTail } from './journal-error.ts'
import { JournalDamaged } from './journal-error.ts'
import { decodeSegmentHeader, isZeroFrom, readSegment, sequenceInName } from './segment.ts'
import type { Storage } from './storage.ts'

const RESTORE =
  'Nothing was changed. Put an undamaged copy of this file (from a backup or a standby) in its place and start again'

/** Called for every checked batch, oldest first. `segment` is the whole file, and only lent. */
export type BatchVisitor = (segment: Buffer, batch: Batch, path: string) => void

export interface JournalScan {
  /** Oldest first. */
  readonly segments: readonly SegmentPlace[]
  readonly head: Head
  /** The highest run that wrote; each opening for writing is one. */
  readonly epoch: number
  /** Whether the last run ended in order. */
  readonly closed: boolean
  readonly notes: readonly JournalRecord[]
  /** Where the last batch of records but one begins: what is older had been applied before the newest was written. */
  readonly undecidedFrom: number
  /** Where in the last segment the next batch goes. */
  readonly endOffset: number
  /** The last batch of the last segment. */
  readonly lastBatch: { readonly offset: number; readonly bytes: Buffer } | null
  readonly tornTail: TornTail | null
}

export interface SegmentPlace {
  readonly path: string
  readonly firstSequence: number
}

interface Progress {
  head: Head
  epoch: number
  closed: boolean
  readonly notes: JournalRecord[]
  /** First sequences of the last two batches of records. */
  recordBatches: readonly [number, number]
}

interface SegmentEnd {
  readonly path: string
  readonly offset: number
  readonly flaw: Flaw | null
  readonly continued: boolean
  readonly validAfter: boolean
  readonly lastBatch: { readonly offset: number; readonly bytes: Buffer } | null
}

/**
 * Reads a whole journal, one segment in memory at a time, and checks every batch. Changes nothing.
 * Raises `JournalDamaged` unless all that is wrong is a torn last batch.
 */
export async function scanJournal(
  storage: Storage,
  directory: string,
  visit: BatchVisitor = () => {},
): Promise<JournalScan> {
  const progress: Progress = {
    head: { sequence: 0, chain: GENESIS_CHAIN },
    epoch: 0,
    closed: true,
    notes: [],
    recordBatches: [1, 1],
  }
  const segments: SegmentPlace[] = []
  let end: SegmentEnd | null = null
  for (const name of await storage.list(directory)) {
    const firstSequence = sequenceInName(name)
    if (firstSequence === null) continue
    const path = `${directory}/${name}`
    const segment = await readSegment(storage, path)
    checkContinues(segment, path, firstSequence, progress.head, end)
    end = scanSegment(segment, path, progress, visit)
    segments.push({ path, firstSequence })
  }
  if (end !== null) checkNothingFollows(end, progress.head)
  return {
    segments,
    head: progress.head,
    epoch: progress.epoch,
    closed: progress.closed && (end === null || end.flaw === null),
    notes: progress.notes,
    undecidedFrom: progress.recordBatches[0],
    endOffset: end?.offset ?? SECTOR_BYTES,
    lastBatch: end?.lastBatch ?? null,
    tornTail: end === null ? null : tornTailOf(end, progress.head),
  }
}

function checkContinues(
  segment: Buffer,
  path: string,
  firstSequence: number,
  head: Head,
  previous: SegmentEnd | null,
): void {
  const before = decodeSegmentHeader(segment)
  if (typeof before === 'string') throw new JournalDamaged(path, 0, before, RESTORE)
  if (before.sequence === head.sequence && Buffer.compare(before.chain, head.chain) === 0) {
    if (firstSequence === before.sequence + 1) return
    throw new JournalDamaged(path, 0, `its first sequence is ${before.sequence + 1}`, RESTORE)
  }
  // A flaw at the end of a segment is only the unfinished mark of its end when the next one takes up at that place.
  if (previous !== null && previous.flaw !== null) throw damage(previous.path, previous.flaw)
  const what = `it continues from sequence ${before.sequence}, but the journal before it ends at ${head.sequence}`
  throw new JournalDamaged(
    path,
    0,
    `${what}: a segment is missing or not the one that was there`,
    RESTORE,
  )
}

function checkNothingFollows(end: SegmentEnd, head: Head): void {
  if (end.continued) {
    const what = `a next segment from sequence ${head.sequence + 1} was begun and is missing`
    throw new JournalDamaged(end.path, end.offset, what, RESTORE)
  }
  if (end.flaw === null) return
  if (!end.flaw.maybeTorn)
    throw new JournalDamaged(end.path, end.flaw.offset, end.flaw.what, RESTORE)
  if (end.validAfter) throw damage(end.path, end.flaw)
}

function damage(path: string, flaw: Flaw): JournalDamaged {
  const what = `${flaw.what}, and valid batches follow it, so this was acknowledged and is damaged`
  return new JournalDamaged(path, flaw.offset, what, RESTORE)
}

function tornTailOf(end: SegmentEnd, head: Head): TornTail | null {
  if (end.flaw === null) return null
  return { file: end.path, offset: end.offset, sequence: head.sequence, what: end.flaw.what }
}

function scanSegment(
  segment: Buffer,
  path: string,
  progress: Progress,
  visit: BatchVisitor,
): SegmentEnd {
  let offset = SECTOR_BYTES
  let last: Batch | null = null
  let flaw: Flaw | null = null
  let continued = false
  while (offset < segment.length && !continued) {
    const batch = decodeBatch(segment, offset, progress.head, progress.epoch)
    if (isFlaw(batch)) {
      flaw = isZeroFrom(segment, offset) ? null : batch
      break
    }
    advance(progress, batch, segment)
    visit(segment, batch, path)
    last = batch
    continued = batch.kind === 'continued'
    offset = batch.end
  }
  return {
    path,
    offset,
    flaw,
    continued,
    validAfter: flaw !== null && batchFollows(segment, offset, progress.head.sequence),
    lastBatch:
      last === null
        ? null
        : { offset: last.offset, bytes: Buffer.from(segment.subarray(last.offset, last.end)) },
  }
}

function advance(progress: Progress, batch: Batch, segment: Buffer): void {
  progress.epoch = batch.epoch
  progress.closed = batch.kind === 'closed'
  // The mark that a segment is continued is written once the next one exists, which therefore cannot know it.
  if (batch.kind !== 'continued')
    progress.head = { sequence: batch.lastSequence, chain: batch.chain }
  if (batch.kind === 'records')
    progress.recordBatches = [progress.recordBatches[1], batch.firstSequence]
  if (batch.kind === 'note') {
    for (const note of recordsOf(segment, batch))
      progress.notes.push({ ...note, payload: Uint8Array.from(note.payload) })
  }
}

/** Whether a valid batch header lies somewhere after `offset`: only rot can damage what lies before one. */
function batchFollows(segment: Buffer, offset: number, sequence: number): boolean {
  for (let at = offset + SECTOR_BYTES; at < segment.length; at += SECTOR_BYTES) {
    const header = decodeBatchHeader(segment, at)
    if (header !== null && header.lastSequence >= sequence) return true
  }
  return false
}

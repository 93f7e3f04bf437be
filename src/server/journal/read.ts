import type { Batch, JournalRecord } from './frame.ts'
import {
  BATCH_HEADER_BYTES,
  decodeBatchHeader,
  paddedBytes,
  recordsOf,
  SECTOR_BYTES,
} from './frame.ts'
import type { SegmentPlace } from './scan.ts'
import { readSegment } from './segment.ts'
import type { Storage } from './storage.ts'

/** Records `after` < sequence ≤ `through` of segments that were checked before, or written by this process. */
export async function* readRecords(
  storage: Storage,
  segments: readonly SegmentPlace[],
  after: number,
  through: number,
): AsyncGenerator<JournalRecord> {
  const places = [...segments]
  for (const [index, place] of places.entries()) {
    const next = places[index + 1]
    if (next !== undefined && next.firstSequence <= after + 1) continue
    if (place.firstSequence > through) return
    const segment = await readSegment(storage, place.path)
    for (const batch of batchesIn(segment)) {
      if (batch.kind !== 'records' || batch.lastSequence <= after) continue
      if (batch.firstSequence > through) return
      for (const record of recordsOf(segment, batch))
        if (record.sequence > after && record.sequence <= through) yield record
    }
  }
}

/** The hash at the end of the batch that ends with `sequence`; null when no batch does. */
export async function chainAt(
  storage: Storage,
  segments: readonly SegmentPlace[],
  sequence: number,
): Promise<Uint8Array | null> {
  const place = segments.findLast((segment) => segment.firstSequence <= sequence)
  if (place === undefined) return null
  const segment = await readSegment(storage, place.path)
  for (const batch of batchesIn(segment))
    if (batch.kind === 'records' && batch.lastSequence === sequence) return batch.chain
  return null
}

function* batchesIn(segment: Buffer): Generator<Batch> {
  let offset = SECTOR_BYTES
  for (;;) {
    const header = decodeBatchHeader(segment, offset)
    if (header === null) return
    const end = offset + paddedBytes(BATCH_HEADER_BYTES + header.bodyBytes)
    if (end > segment.length) return
    yield { ...header, offset, end }
    offset = end
  }
}

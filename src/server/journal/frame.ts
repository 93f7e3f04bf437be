import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** The layout is described byte by byte in docs/reference/journal-format.md. */
export const FORMAT_VERSION = 1

/** Batches begin on these, so that writing one never touches the sector that ends the one before. */
export const SECTOR_BYTES = 512

export const BATCH_HEADER_BYTES = 72
export const RECORD_HEADER_BYTES = 24
export const CHAIN_BYTES = 32

/** What the first batch is chained to. */
export const GENESIS_CHAIN: Uint8Array = new Uint8Array(CHAIN_BYTES)

/** `note` stands beside the sequence; `continued` says a next segment exists; `closed` ends a clean run. */
export const BATCH_KINDS = ['records', 'note', 'continued', 'closed'] as const
export type BatchKind = (typeof BATCH_KINDS)[number]

const BATCH_MAGIC = 0x424a4689
const CHAIN_AT = 8
const CHAINED_FROM = 40
const SAFE_HIGH_WORD = 2 ** 21

/** Where a history has come to: its last sequence, and the hash of everything up to it. */
export interface Head {
  readonly sequence: number
  readonly chain: Uint8Array
}

export interface JournalRecord {
  /** One more than the record before; the first is 1. */
  readonly sequence: number
  readonly timestampMs: number
  readonly payload: Uint8Array
}

export interface BatchHeader {
  readonly kind: BatchKind
  readonly chain: Uint8Array
  readonly count: number
  readonly bodyBytes: number
  readonly epoch: number
  readonly firstSequence: number
  readonly lastSequence: number
}

export interface Batch extends BatchHeader {
  /** Where in its segment it begins, and where the next one may. */
  readonly offset: number
  readonly end: number
}

export interface Flaw {
  readonly offset: number
  readonly what: string
  /** Whether a write that was cut off can look like this. */
  readonly maybeTorn: boolean
}

export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES
}

export function writeU64(buffer: Buffer, value: number, offset: number): void {
  buffer.writeUInt32LE(value % 2 ** 32, offset)
  buffer.writeUInt32LE(Math.floor(value / 2 ** 32), offset + 4)
}

/** −1 when it is no safe integer. */
export function readU64(buffer: Buffer, offset: number): number {
  const high = buffer.readUInt32LE(offset + 4)
  return high < SAFE_HIGH_WORD ? high * 2 ** 32 + buffer.readUInt32LE(offset) : -1
}

function chainOf(previous: Uint8Array, batch: Buffer): Uint8Array {
  const hash = createHash('sha256').update(previous).update(batch.subarray(CHAINED_FROM))
  return Uint8Array.from(hash.digest())
}

function writeRecord(buffer: Buffer, record: JournalRecord, offset: number): number {
  const end = offset + RECORD_HEADER_BYTES + record.payload.length
  buffer.writeUInt32LE(record.payload.length, offset + 4)
  writeU64(buffer, record.sequence, offset + 8)
  buffer.writeDoubleLE(record.timestampMs, offset + 16)
  buffer.set(record.payload, offset + RECORD_HEADER_BYTES)
  buffer.writeUInt32LE(crc32(buffer.subarray(offset + 4, end)), offset)
  return end
}

/** One batch as it is written: header, records, zeros up to the sector's end; with the head it leads to. */
export function encodeBatch(
  kind: BatchKind,
  records: readonly JournalRecord[],
  epoch: number,
  head: Head,
): { bytes: Buffer; head: Head } {
  let bodyBytes = 0
  for (const record of records) bodyBytes += RECORD_HEADER_BYTES + record.payload.length
  const bytes = Buffer.alloc(paddedBytes(BATCH_HEADER_BYTES + bodyBytes))
  const advances = kind === 'records'
  const lastSequence = advances ? head.sequence + records.length : head.sequence
  bytes.writeUInt32LE(BATCH_MAGIC, 0)
  bytes.writeUInt32LE(BATCH_KINDS.indexOf(kind), 40)
  bytes.writeUInt32LE(records.length, 44)
  bytes.writeUInt32LE(bodyBytes, 48)
  bytes.writeUInt32LE(epoch, 52)
  writeU64(bytes, advances ? head.sequence + 1 : head.sequence, 56)
  writeU64(bytes, lastSequence, 64)
  let offset = BATCH_HEADER_BYTES
  for (const record of records) offset = writeRecord(bytes, record, offset)
  const chain = chainOf(head.chain, bytes)
  bytes.set(chain, CHAIN_AT)
  bytes.writeUInt32LE(crc32(bytes.subarray(CHAIN_AT, BATCH_HEADER_BYTES)), 4)
  return { bytes, head: { sequence: lastSequence, chain } }
}

/** The batch header at `offset`, or null when there is none that checks out. */
export function decodeBatchHeader(segment: Buffer, offset: number): BatchHeader | null {
  if (offset + BATCH_HEADER_BYTES > segment.length) return null
  if (segment.readUInt32LE(offset) !== BATCH_MAGIC) return null
  const header = segment.subarray(offset, offset + BATCH_HEADER_BYTES)
  if (header.readUInt32LE(4) !== crc32(header.subarray(CHAIN_AT))) return null
  const kind = BATCH_KINDS[header.readUInt32LE(40)]
  if (kind === undefined) return null
  return {
    kind,
    chain: Uint8Array.from(header.subarray(CHAIN_AT, CHAIN_AT + CHAIN_BYTES)),
    count: header.readUInt32LE(44),
    bodyBytes: header.readUInt32LE(48),
    epoch: header.readUInt32LE(52),
    firstSequence: readU64(header, 56),
    lastSequence: readU64(header, 64),
  }
}

/** The batch at `offset` that follows `head`, checked record by record and against the chain. */
export function decodeBatch(
  segment: Buffer,
  offset: number,
  head: Head,
  epoch: number,
): Batch | Flaw {
  const header = decodeBatchHeader(segment, offset)
  if (header === null) return torn(offset, 'no valid batch header')
  const end = offset + paddedBytes(BATCH_HEADER_BYTES + header.bodyBytes)
  if (end > segment.length) return torn(offset, 'the batch is longer than its file')
  const flaw = recordFlaw(segment, offset, header)
  if (flaw !== null) return flaw
  const expected = header.kind === 'records' ? head.sequence + 1 : head.sequence
  if (header.firstSequence !== expected)
    return foreign(offset, `sequence ${header.firstSequence} where ${expected} is due`)
  if (header.epoch < epoch)
    return foreign(offset, `written by run ${header.epoch}, which run ${epoch} had replaced`)
  if (Buffer.compare(chainOf(head.chain, segment.subarray(offset, end)), header.chain) !== 0)
    return foreign(offset, 'the batch does not continue the hash chain')
  return { ...header, offset, end }
}

function torn(offset: number, what: string): Flaw {
  return { offset, what, maybeTorn: true }
}

/** Whole by its checksums, and not what belongs there: no unfinished write leaves that. */
function foreign(offset: number, what: string): Flaw {
  return { offset, what, maybeTorn: false }
}

function recordFlaw(segment: Buffer, batchOffset: number, header: BatchHeader): Flaw | null {
  const end = batchOffset + BATCH_HEADER_BYTES + header.bodyBytes
  let offset = batchOffset + BATCH_HEADER_BYTES
  for (let index = 0; index < header.count; index += 1) {
    const length = offset + RECORD_HEADER_BYTES <= end ? segment.readUInt32LE(offset + 4) : 0
    const recordEnd = offset + RECORD_HEADER_BYTES + length
    if (recordEnd > end) return torn(offset, 'a record is longer than its batch')
    if (segment.readUInt32LE(offset) !== crc32(segment.subarray(offset + 4, recordEnd)))
      return torn(offset, 'a record fails its checksum')
    const sequence = header.firstSequence + (header.kind === 'records' ? index : 0)
    if (readU64(segment, offset + 8) !== sequence)
      return foreign(offset, `a record is not number ${sequence}`)
    offset = recordEnd
  }
  return offset === end ? null : foreign(offset, 'a batch holds more than its records')
}

export function isFlaw(result: Batch | Flaw): result is Flaw {
  return 'what' in result
}

/** The records of a checked batch. Payloads are views into `segment`. */
export function recordsOf(segment: Buffer, batch: Batch): JournalRecord[] {
  const records: JournalRecord[] = []
  let offset = batch.offset + BATCH_HEADER_BYTES
  for (let index = 0; index < batch.count; index += 1) {
    const start = offset + RECORD_HEADER_BYTES
    const end = start + segment.readUInt32LE(offset + 4)
    records.push({
      sequence: readU64(segment, offset + 8),
      timestampMs: segment.readDoubleLE(offset + 16),
      payload: segment.subarray(start, end),
    })
    offset = end
  }
  return records
}

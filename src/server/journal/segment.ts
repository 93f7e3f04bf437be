import { crc32 } from 'node:zlib'
import type { Head } from './frame.ts'
import { CHAIN_BYTES, FORMAT_VERSION, readU64, SECTOR_BYTES, writeU64 } from './frame.ts'
import type { Storage, StorageFile } from './storage.ts'

export const SEGMENT_BYTES = 16 * 2 ** 20

/** Zeros are written in pieces, each synced: one large flush would hold up the batches beside it. */
const ZEROS = Buffer.alloc(256 * 1024)
const MAGIC = Buffer.from('\x89FULCRUM', 'latin1')
const NAME = /^(\d{20})\.log$/

export function journalDirectory(dataDirectory: string): string {
  return `${dataDirectory}/journal`
}

export function segmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(20, '0')}.log`
}

/** The first sequence a segment's name promises; null for other files. */
export function sequenceInName(name: string): number | null {
  const match = NAME.exec(name)
  return match === null ? null : Number(match[1])
}

/** The first sector of a segment: what comes before it, so that a missing neighbour is noticed. */
export function encodeSegmentHeader(before: Head): Buffer {
  const header = Buffer.alloc(SECTOR_BYTES)
  MAGIC.copy(header)
  header.writeUInt32LE(FORMAT_VERSION, 12)
  writeU64(header, before.sequence + 1, 16)
  header.set(before.chain, 24)
  header.writeUInt32LE(crc32(header.subarray(12)), 8)
  return header
}

/** The head a segment continues from, or what is wrong with its first sector. */
export function decodeSegmentHeader(segment: Buffer): Head | string {
  if (segment.length < SECTOR_BYTES) return 'the file is shorter than a segment header'
  if (!segment.subarray(0, MAGIC.length).equals(MAGIC)) return 'the file is not a journal segment'
  const checksum = crc32(segment.subarray(12, SECTOR_BYTES))
  if (segment.readUInt32LE(8) !== checksum) return 'the segment header fails its checksum'
  const version = segment.readUInt32LE(12)
  if (version !== FORMAT_VERSION) return `format version ${version} is not known to this program`
  const chain = Uint8Array.from(segment.subarray(24, 24 + CHAIN_BYTES))
  return { sequence: readU64(segment, 16) - 1, chain }
}

export async function writeZeros(file: StorageFile, from: number, to: number): Promise<void> {
  for (let offset = from; offset < to; offset += ZEROS.length) {
    await file.write(offset, ZEROS.subarray(0, Math.min(ZEROS.length, to - offset)))
    await file.sync()
  }
}

/** An unnamed segment: all zeros and durable, so that a batch written into it changes no file size. */
export async function prepareSegment(
  storage: Storage,
  directory: string,
  bytes: number,
): Promise<StorageFile> {
  const file = await storage.create(`${directory}/next.tmp`)
  await writeZeros(file, 0, bytes)
  return file
}

/** Gives a prepared segment its header and its name; it exists, whole, once this resolves. */
export async function nameSegment(
  storage: Storage,
  directory: string,
  prepared: StorageFile,
  before: Head,
): Promise<StorageFile> {
  const path = `${directory}/${segmentName(before.sequence + 1)}`
  await prepared.write(0, encodeSegmentHeader(before))
  await prepared.sync()
  await prepared.close()
  await storage.rename(prepared.path, path)
  await storage.syncDirectory(directory)
  return storage.open(path)
}

export async function readSegment(storage: Storage, path: string): Promise<Buffer> {
  const file = await storage.open(path)
  try {
    return await file.read(0, await file.size())
  } finally {
    await file.close()
  }
}

/** Whether nothing was ever written from `offset` on. */
export function isZeroFrom(segment: Buffer, offset: number): boolean {
  for (let at = offset; at < segment.length; at += ZEROS.length) {
    const piece = segment.subarray(at, Math.min(at + ZEROS.length, segment.length))
    if (!piece.equals(ZEROS.subarray(0, piece.length))) return false
  }
  return true
}

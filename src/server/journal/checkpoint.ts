import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { CHAIN_BYTES, readU64, writeU64 } from './frame.ts'
import type { Storage } from './storage.ts'

/** Everything that followed from the records up to a sequence, as bytes this floor does not read. */
export interface Checkpoint {
  readonly sequence: number
  readonly timestampMs: number
  /** The journal's hash at that sequence: which history these bytes belong to. */
  readonly chain: Uint8Array
  readonly bytes: Uint8Array
}

export const CHECKPOINTS_KEPT = 2

const HEADER_BYTES = 128
const HASH_BYTES = 32
const VERSION = 1
const MAGIC = Buffer.from('\x89FULCHKP', 'latin1')
const NAME = /^(\d{20})\.bin$/

export function checkpointDirectory(dataDirectory: string): string {
  return `${dataDirectory}/checkpoints`
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** Resolves once the checkpoint is durable under its name; older ones beyond the two newest are then removed. */
export async function writeCheckpoint(
  storage: Storage,
  dataDirectory: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const directory = checkpointDirectory(dataDirectory)
  await storage.makeDirectory(directory)
  const path = `${directory}/${String(checkpoint.sequence).padStart(20, '0')}.bin`
  const file = await storage.create(`${path}.tmp`)
  try {
    await file.write(0, encodeHeader(checkpoint))
    await file.write(HEADER_BYTES, checkpoint.bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await storage.rename(`${path}.tmp`, path)
  await storage.syncDirectory(directory)
  const names = (await storage.list(directory)).filter((name) => NAME.test(name))
  for (const name of names.slice(0, -CHECKPOINTS_KEPT)) await storage.remove(`${directory}/${name}`)
}

/** Sequences of the checkpoints there are, newest first; whether they can be read is not known yet. */
export async function listCheckpoints(storage: Storage, dataDirectory: string): Promise<number[]> {
  const names = await storage.list(checkpointDirectory(dataDirectory))
  const sequences = names.flatMap((name) => {
    const match = NAME.exec(name)
    return match === null ? [] : [Number(match[1])]
  })
  return sequences.reverse()
}

/** The checkpoint at a sequence, or what is wrong with its file. */
export async function readCheckpoint(
  storage: Storage,
  dataDirectory: string,
  sequence: number,
): Promise<Checkpoint | string> {
  const directory = checkpointDirectory(dataDirectory)
  const path = `${directory}/${String(sequence).padStart(20, '0')}.bin`
  const file = await storage.open(path)
  try {
    const checkpoint = decode(await file.read(0, await file.size()))
    if (typeof checkpoint === 'string') return `${path}: ${checkpoint}`
    return checkpoint.sequence === sequence ? checkpoint : `${path}: holds another sequence`
  } finally {
    await file.close()
  }
}

function encodeHeader(checkpoint: Checkpoint): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header.writeUInt32LE(VERSION, 12)
  writeU64(header, checkpoint.sequence, 16)
  header.writeDoubleLE(checkpoint.timestampMs, 24)
  writeU64(header, checkpoint.bytes.length, 32)
  header.set(checkpoint.chain, 40)
  header.set(sha256(checkpoint.bytes), 40 + CHAIN_BYTES)
  header.writeUInt32LE(crc32(header.subarray(12)), 8)
  return header
}

function decode(file: Buffer): Checkpoint | string {
  if (file.length < HEADER_BYTES) return 'shorter than its header'
  const header = file.subarray(0, HEADER_BYTES)
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return 'not a checkpoint'
  if (header.readUInt32LE(8) !== crc32(header.subarray(12))) return 'the header fails its checksum'
  if (header.readUInt32LE(12) !== VERSION) return 'its version is not known to this program'
  const bytes = file.subarray(HEADER_BYTES)
  if (bytes.length !== readU64(header, 32)) return 'not as long as its header says'
  const hash = header.subarray(40 + CHAIN_BYTES, 40 + CHAIN_BYTES + HASH_BYTES)
  if (!sha256(bytes).equals(hash)) return 'its contents fail their hash'
  return {
    sequence: readU64(header, 16),
    timestampMs: header.readDoubleLE(24),
    chain: Uint8Array.from(header.subarray(40, 40 + CHAIN_BYTES)),
    bytes,
  }
}

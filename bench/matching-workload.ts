import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const MAGIC = 0x314c574d // 'MWL1', little-endian
/** The types of a message. */
export const NEW = 0
export const CANCEL = 1

/** Messages of the public matching benchmark in columns; a message's sequence is its index. */
export interface MatchingWorkload {
  readonly messages: number
  /** 0 new, 1 cancel, 2 modify. */
  readonly type: Uint8Array
  /** 0 buy, 1 sell. */
  readonly side: Uint8Array
  readonly ioc: Uint8Array
  readonly quantity: Uint32Array
  readonly orderId: Uint32Array
  readonly price: Int32Array
}

/** SHA-256 of the right canonical report, as published with the workloads, by scenario and messages from its start. */
export const PUBLISHED_HASHES = [
  ['normal', 20_000, '4008343c211f7e3330f9c7b7e72de5ebf5ee73fdf09ce47a2cb01e1e34b6c393'],
  ['normal', 200_000, '95581e86b8613e6c57987cce0bb8bd9c6fa2aae2f00c1b39d6d2ed9fa4506b21'],
  ['normal', 1_996_097, 'e9b2e3926854410b01a035aeb25dd05f1e597c233be8263de9eb49b6713d367e'],
  ['flash-crash', 20_000, '19d87dd4bfd999884cc21e1cb331004f2d43e45b8e45eddafb8cb852028e0b5a'],
  ['flash-crash', 200_000, '73c6f95e0a88c4ee57e647f38183cc722aaf6ab27f5e7f67cbe4e795ed502dc0'],
  ['flash-crash', 1_996_097, 'cff8d3f94b709fc64a8b2058a6ca4fb6920364904796e46906895e362d2bb16b'],
] as const

/** The published hashes for workloads of so many messages. */
export function publishedHashes(messages: number): string[] {
  return PUBLISHED_HASHES.filter((row) => row[1] === messages).map((row) => row[2])
}

/** Reads a `.mwl.gz` file: magic, u32 count, three u8 columns padded to four bytes, three 32-bit columns. */
export function readMatchingWorkload(path: string): MatchingWorkload {
  const bytes = new Uint8Array(gunzipSync(readFileSync(path)))
  const header = new DataView(bytes.buffer)
  if (header.getUint32(0, true) !== MAGIC) throw new Error(`${path} is not a matching workload`)
  const messages = header.getUint32(4, true)
  const wide = Math.ceil((8 + messages * 3) / 4) * 4
  return {
    messages,
    type: bytes.subarray(8, 8 + messages),
    side: bytes.subarray(8 + messages, 8 + messages * 2),
    ioc: bytes.subarray(8 + messages * 2, 8 + messages * 3),
    quantity: new Uint32Array(bytes.buffer, wide, messages),
    orderId: new Uint32Array(bytes.buffer, wide + messages * 4, messages),
    price: new Int32Array(bytes.buffer, wide + messages * 8, messages),
  }
}

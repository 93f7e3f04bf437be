import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { OrderId } from '../src/core/domain/ids.ts'
import type { Side } from '../src/core/domain/order.ts'
import { OrderBook } from '../src/core/matching/order-book.ts'
import type { Lots, Ticks } from '../src/core/money/price.ts'
import { MatchingReports } from './matching-reports.ts'

const MAGIC = 0x314c574d // 'MWL1', little-endian
const NEW = 0
const CANCEL = 1

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

/** SHA-256 of what an empty book reports on the first `messages` messages. */
export function reportHash(workload: MatchingWorkload, messages = workload.messages): string {
  const hash = createHash('sha256')
  new MatchingRun(workload, messages).run().writeText((chunk) => hash.update(chunk))
  return hash.digest('hex')
}

/** A workload on its way through one order book, reported as the public benchmark reports. */
export class MatchingRun {
  readonly book = new OrderBook()
  readonly reports: MatchingReports
  readonly #workload: MatchingWorkload
  readonly #messages: number
  /** The price at which an id last rested, which the benchmark's cancel report wants and a cancel message may not have. */
  readonly #priceOf: Int32Array

  constructor(workload: MatchingWorkload, messages = workload.messages) {
    this.#workload = workload
    this.#messages = messages
    this.reports = new MatchingReports(messages * 2)
    this.#priceOf = new Int32Array(workload.orderId.reduce((a, b) => Math.max(a, b), 0) + 1)
  }

  run(): MatchingReports {
    for (let sequence = 0; sequence < this.#messages; sequence += 1) this.#step(sequence)
    return this.reports
  }

  #step(sequence: number): void {
    const { type, side, ioc, quantity, orderId, price } = this.#workload
    const id = orderId[sequence] as OrderId
    const ticks = price[sequence] as Ticks
    const lots = quantity[sequence] as Lots
    const sideCode = side[sequence] as number
    const { book, reports } = this
    if (type[sequence] === NEW) {
      reports.accepted(sequence, sideCode, id, ticks, lots)
      const left = this.#match(sequence, id, sideCode, ticks, lots)
      if (left === 0) return
      if (ioc[sequence] === 1) reports.cancelled(sequence, sideCode, id, ticks)
      else this.#rest(id, sideCode, ticks, left)
    } else if (!book.has(id)) {
      reports.rejected(sequence, id, type[sequence] === CANCEL)
    } else {
      book.cancel(id)
      if (type[sequence] === CANCEL) {
        reports.cancelled(sequence, sideCode, id, this.#priceOf[id] as number)
        return
      }
      const left = this.#match(sequence, id, sideCode, ticks, lots)
      reports.modified(sequence, sideCode, id, ticks, lots)
      if (left > 0) this.#rest(id, sideCode, ticks, left)
    }
  }

  /** Trades what crosses; the lots that are left. */
  #match(sequence: number, id: OrderId, sideCode: number, limit: Ticks, lots: Lots): number {
    const { book, reports } = this
    const side = sideOf(sideCode)
    if (!book.crosses(side, limit)) return lots
    const sweep = book.sweep({
      side,
      limit,
      lots,
      quoteBudget: null,
      quotePerTickLot: 1n,
      owner: 0,
      selfTradePrevention: 'NONE',
    })
    for (let fill = 0; fill < sweep.count; fill += 1) {
      const price = sweep.price[fill] as number
      reports.traded(sequence, price, sweep.lots[fill] as number, sweep.makerId[fill] as number, id)
    }
    book.take(sweep)
    return lots - sweep.filledLots
  }

  #rest(id: OrderId, sideCode: number, price: Ticks, lots: number): void {
    this.#priceOf[id] = price
    this.book.rest(id, 0, sideOf(sideCode), price, lots as Lots)
  }
}

function sideOf(code: number): Side {
  return code === 0 ? 'BUY' : 'SELL'
}

import { assert } from '../assert.ts'
import type { AccountId, SymbolIndex } from '../domain/ids.ts'
import type { PairPosition, Position } from '../margin/position.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_MAX, ZERO } from '../money/amount.ts'
import type { Commitments } from './commitments.ts'

const CAPACITY_MIN = 64

/** Places in a record, and its length: four int64. */
const QUANTITY = 0
const ENTRY_QUOTE = 1
const REALIZED_PNL = 2
const OPENED_SEQUENCE = 3
const RECORD = 4

/**
 * Every position (rule P1), beside what its account has open in the pair: a position's record has the number of that
 * record. A closed position is not kept.
 */
export class PositionTable {
  readonly #commitments: Commitments
  #amounts = new BigInt64Array(CAPACITY_MIN * RECORD)

  constructor(commitments: Commitments) {
    this.#commitments = commitments
  }

  /** The account's position in a pair; null: none is open. */
  get(account: AccountId, symbol: SymbolIndex): Position | null {
    const record = this.#commitments.find(account, symbol)
    if (this.quantityAt(record) === 0n) return null
    const at = this.#commitments.numberOf(record) * RECORD
    return {
      quantity: this.#amounts[at + QUANTITY] as Amount,
      entryQuote: this.#amounts[at + ENTRY_QUOTE] as Amount,
      realizedPnl: this.#amounts[at + REALIZED_PNL] as Amount,
      openedSequence: Number(this.#amounts[at + OPENED_SEQUENCE]),
    }
  }

  /** Signed base amount: long above zero, short below. */
  quantityOf(account: AccountId, symbol: SymbolIndex): Amount {
    return this.quantityAt(this.#commitments.find(account, symbol))
  }

  /** As `quantityOf`, by the commitments' record. */
  quantityAt(record: number): Amount {
    if (record < 0) return ZERO
    return (this.#amounts[this.#commitments.numberOf(record) * RECORD + QUANTITY] ?? ZERO) as Amount
  }

  put(account: AccountId, symbol: SymbolIndex, position: Position): void {
    const { quantity, entryQuote, realizedPnl, openedSequence } = position
    assert(isStorable(quantity) && isStorable(entryQuote), 'P1 a position is within ±2^61')
    assert(isStorable(realizedPnl), 'P1 a result is within ±2^61')
    const record = this.#commitments.open(account, symbol)
    const at = this.#commitments.numberOf(record) * RECORD
    this.#reach(at + RECORD)
    this.#amounts[at + QUANTITY] = quantity
    this.#amounts[at + ENTRY_QUOTE] = entryQuote
    this.#amounts[at + REALIZED_PNL] = realizedPnl
    this.#amounts[at + OPENED_SEQUENCE] = BigInt(openedSequence)
    this.#commitments.notePosition(record, Math.abs(Number(quantity)))
  }

  /** The account's open positions, by symbol. */
  of(account: AccountId): PairPosition[] {
    const open: PairPosition[] = []
    const commitments = this.#commitments
    let record = commitments.first(account)
    for (; record >= 0; record = commitments.next(record)) {
      const symbol = commitments.symbolOf(record)
      const position = this.get(account, symbol)
      if (position !== null) open.push({ symbol, position })
    }
    return open.sort((a, b) => a.symbol - b.symbol)
  }

  #reach(length: number): void {
    if (length <= this.#amounts.length) return
    const larger = new BigInt64Array(Math.max(length, this.#amounts.length * 2))
    larger.set(this.#amounts)
    this.#amounts = larger
  }
}

function isStorable(amount: bigint): boolean {
  return amount <= AMOUNT_MAX && amount >= -AMOUNT_MAX
}

import { assert } from '../assert.ts'
import type { SymbolIndex } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_DECIMALS, AMOUNT_SCALE, ZERO } from '../money/amount.ts'
import { formatDecimal } from '../money/decimal.ts'
import type { IndexPrice } from '../money/price.ts'
import { divCeil, divFloor, maxBigint, minBigint } from '../money/rounding.ts'

/** What an account's fills in one pair built up (rule P1). */
export interface Position {
  /** Signed base amount: long above zero, short below; 0 when closed. */
  readonly quantity: Amount
  /** What opening the present quantity cost or brought, in the quote asset; never negative. */
  readonly entryQuote: Amount
  /** Result realised so far, in the quote asset. */
  readonly realizedPnl: Amount
  /** The command that opened it. */
  readonly openedSequence: number
}

/** A position and the pair it is in. */
export interface PairPosition {
  readonly symbol: SymbolIndex
  readonly position: Position
}

/**
 * The position after one fill. A fill on the other side closes first; what is left of it opens the opposite position,
 * which is as old as the fill and carries on the result its predecessor realised. A closed position has quantity 0.
 */
export function applyFill(
  position: Position | null,
  side: Side,
  base: Amount,
  quote: Amount,
  sequence: number,
): Position {
  assert(base > 0n && quote >= 0n, 'a fill has a size, and a cost that is not negative')
  const signed = side === 'BUY' ? base : -base
  if (position === null || position.quantity === 0n) return opened(signed, quote, ZERO, sequence)
  const { quantity, entryQuote } = position
  if (quantity > 0n === signed > 0n) {
    return {
      ...position,
      quantity: (quantity + signed) as Amount,
      entryQuote: (entryQuote + quote) as Amount,
    }
  }
  const size = sizeOf(position)
  if (base <= size) return reduced(position, base, quote)
  // The closing part brings the user no more than its share: received is rounded down, paid is rounded up (R1).
  const share = quantity > 0n ? divFloor(quote * size, base) : divCeil(quote * size, base)
  const closed = reduced(position, size, share as Amount)
  return opened(signed + quantity, quote - share, closed.realizedPnl, sequence)
}

/** The position less `excess` of base, closed at index price; without an index, at the entry price: no result. */
export function closeExcess(
  position: Position,
  excess: Amount,
  index: { readonly base: IndexPrice | null; readonly quote: IndexPrice | null },
): Position {
  assert(excess > 0n && excess <= sizeOf(position), 'an excess is part of its position')
  const worth =
    index.base === null || index.quote === null
      ? entryShare(position, excess)
      : worthAt(position.quantity, excess, index.base, index.quote)
  return reduced(position, excess, worth)
}

/**
 * How much of which position in one base asset must close so that longs together are at most what is held and shorts
 * at most what is owed (rule P1): from the oldest, pairs opened by one command in symbol order.
 */
export function clampToHoldings(
  positions: readonly PairPosition[],
  held: Amount,
  owed: Amount,
): { readonly symbol: SymbolIndex; readonly excess: Amount }[] {
  const oldestFirst =
    positions.length < 2
      ? positions
      : positions.toSorted(
          (a, b) => a.position.openedSequence - b.position.openedSequence || a.symbol - b.symbol,
        )
  const longs = oldestFirst.filter(({ position }) => position.quantity > 0n)
  const shorts = oldestFirst.filter(({ position }) => position.quantity < 0n)
  return [...excesses(longs, held), ...excesses(shorts, owed)]
}

/** Average entry price in the quote asset, eight places, rounded against the user. */
export function entryPriceOf(position: Position): string {
  assert(position.quantity !== 0n, 'a closed position has no entry price')
  const divide = position.quantity > 0n ? divCeil : divFloor
  return formatDecimal(
    divide(position.entryQuote * AMOUNT_SCALE, sizeOf(position)),
    AMOUNT_DECIMALS,
  )
}

/** What closing at index price would realise, in the quote asset. */
export function unrealizedPnl(
  position: Position,
  basePrice: IndexPrice,
  quotePrice: IndexPrice,
): Amount {
  if (position.quantity === 0n) return ZERO
  const worth = worthAt(position.quantity, sizeOf(position), basePrice, quotePrice)
  return resultOf(position, worth, position.entryQuote)
}

function opened(quantity: bigint, entryQuote: bigint, realizedPnl: Amount, sequence: number) {
  return {
    quantity: quantity as Amount,
    entryQuote: entryQuote as Amount,
    realizedPnl,
    openedSequence: sequence,
  }
}

/** Less `base`, which brought (long) or cost (short) `quote`. */
function reduced(position: Position, base: Amount, quote: Amount): Position {
  const entry = entryShare(position, base)
  const left = position.quantity > 0n ? position.quantity - base : position.quantity + base
  return {
    ...position,
    quantity: left as Amount,
    entryQuote: (position.entryQuote - entry) as Amount,
    realizedPnl: (position.realizedPnl + resultOf(position, quote, entry)) as Amount,
  }
}

/** The part of the entry cost that belongs to `base`, rounded so that less is realised now (R1); exact for the whole. */
function entryShare(position: Position, base: Amount): Amount {
  const divide = position.quantity > 0n ? divCeil : divFloor
  return divide(position.entryQuote * base, sizeOf(position)) as Amount
}

function resultOf(position: Position, quote: Amount, entry: Amount): Amount {
  return (position.quantity > 0n ? quote - entry : entry - quote) as Amount
}

/** A base amount in the quote asset by the two indexes: what a long receives, rounded down; what a short pays, up. */
function worthAt(
  direction: Amount,
  base: Amount,
  basePrice: IndexPrice,
  quotePrice: IndexPrice,
): Amount {
  const divide = direction > 0n ? divFloor : divCeil
  return divide(base * basePrice, quotePrice) as Amount
}

function excesses(oldestFirst: readonly PairPosition[], covered: Amount) {
  let excess = maxBigint(
    0n,
    oldestFirst.reduce((sum, { position }) => sum + sizeOf(position), 0n) - covered,
  )
  const closing: { symbol: SymbolIndex; excess: Amount }[] = []
  for (const { symbol, position } of oldestFirst) {
    if (excess === 0n) break
    const part = minBigint(excess, sizeOf(position)) as Amount
    closing.push({ symbol, excess: part })
    excess -= part
  }
  return closing
}

function sizeOf(position: Position): Amount {
  return (position.quantity < 0n ? -position.quantity : position.quantity) as Amount
}

import type { MassQuote } from '../core/domain/command.ts'
import type { TradingSymbol } from '../core/domain/venue.ts'
import { notionalOf } from '../core/domain/venue.ts'
import type { IndexPrice, Lots, Ticks } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { divCeil, divFloor } from '../core/money/rounding.ts'

/** How a market maker quotes one symbol. */
export interface QuoteSettings {
  /** Best bid to best ask, in hundredths of a percent of the price. */
  readonly spreadBps: number
  /** What each side offers in total, in USDT. */
  readonly depthUsdt: number
  readonly levels: number
  /** −1 to 1: moves both sides down or up by that share of half the spread. */
  readonly skew: number
}

/** Both sides' levels, best first. */
export type Quote = Pick<MassQuote, 'bids' | 'asks'>

export const NO_QUOTE: Quote = { bids: [], asks: [] }

const PARTS = 1_000_000n
const PARTS_PER_BPS = 100
/** How much farther each level stands than the one before: near the middle it is dense, and it reaches far. */
const DISTANCE_EXPONENT = 1.5

/** The fair price in ticks, not rounded to one: a count of 10⁻⁸ ticks. Null while an index price is missing. */
export function fairPrice(
  symbol: TradingSymbol,
  basePrice: IndexPrice | null,
  quotePrice: IndexPrice | null,
): bigint | null {
  if (basePrice === null || quotePrice === null) return null
  return (basePrice * INDEX_PRICE_SCALE * INDEX_PRICE_SCALE) / (quotePrice * symbol.tickSize)
}

/**
 * What to rest around the fair price, in `levels` steps that grow in distance and in size.
 *
 * A level too small for the symbol's filters is left out; `quotePrice` is the quote asset's index price.
 */
export function quote(
  symbol: TradingSymbol,
  fair: bigint,
  quotePrice: IndexPrice,
  settings: QuoteSettings,
): Quote {
  const halfParts = Math.max(1, Math.round((settings.spreadBps * PARTS_PER_BPS) / 2))
  const centre = (fair * (PARTS + BigInt(Math.round(halfParts * settings.skew)))) / PARTS
  const bids: (readonly [Ticks, Lots])[] = []
  const asks: (readonly [Ticks, Lots])[] = []
  const weights = (settings.levels * (settings.levels + 1)) / 2
  let bidLimit = Math.min(Number(symbol.maximumPrice), ticksFloor(centre))
  let askLimit = Math.max(Number(symbol.minimumPrice), ticksFloor(centre) + 1)
  for (let level = 1; level <= settings.levels; level += 1) {
    const distance = BigInt(Math.round(halfParts * level ** DISTANCE_EXPONENT))
    const usdt = (settings.depthUsdt * level) / weights
    const bid = Math.min(bidLimit, ticksFloor((centre * (PARTS - distance)) / PARTS))
    const ask = Math.max(askLimit, ticksCeil((centre * (PARTS + distance)) / PARTS))
    if (bid >= symbol.minimumPrice) add(bids, symbol, bid as Ticks, usdt, quotePrice)
    if (ask <= symbol.maximumPrice) add(asks, symbol, ask as Ticks, usdt, quotePrice)
    bidLimit = bid - 1
    askLimit = ask + 1
  }
  return { bids, asks }
}

function add(
  levels: (readonly [Ticks, Lots])[],
  symbol: TradingSymbol,
  price: Ticks,
  usdt: number,
  quotePrice: IndexPrice,
): void {
  const quoteAtoms = (BigInt(Math.round(usdt * 100)) * INDEX_PRICE_SCALE * 1_000_000n) / quotePrice
  const wanted = Number(quoteAtoms / (BigInt(price) * symbol.quotePerTickLot))
  const lots = Math.min(wanted, symbol.maximumLots) as Lots
  if (lots < symbol.minimumLots || lots < 1) return
  if (notionalOf(symbol, price, lots) < symbol.minimumNotional) return
  levels.push([price, lots])
}

function ticksFloor(ticks: bigint): number {
  return Number(divFloor(ticks, INDEX_PRICE_SCALE))
}

function ticksCeil(ticks: bigint): number {
  return Number(divCeil(ticks, INDEX_PRICE_SCALE))
}

import { assert } from '../core/assert.ts'
import type { UserId } from '../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { createdUser, fundingCommands } from '../sandbox/liquidity.ts'
import type { QuoteSettings } from '../sandbox/quote.ts'
import { fairPrice, quote } from '../sandbox/quote.ts'
import type { Pair } from '../server/feed/cross-rates.ts'
import type { PriceBook } from './replay-venue.ts'
import type { Session } from './session.ts'

const SPREAD_BPS = 8
const LEVELS = 6
const DEPTH_USDT_PER_ACCOUNT = 3_000
const DEPTH_USDT_MIN = 500_000
/** Funds of the market maker in each asset, in multiples of what one side of one book offers. */
const FUNDS_MULTIPLE = 2_000
const REQUOTE_SHARE = 0.25
/** Weights of the newest move in the quick and the slow measure of how much a price moves per step. */
const QUICK_WEIGHT = 0.2
const SLOW_WEIGHT = 0.002
const DEPTH_SHARE_MIN = 0.05
const SPREAD_MULTIPLE_MAX = 8

interface Book {
  readonly symbol: TradingSymbol
  /** The candle series that prices it; null: from the index prices of its two assets. */
  readonly series: number | null
  quotedAround: bigint | null
  lastFair: bigint | null
  quick: number
  slow: number
  moves: number
  dirty: boolean
}

/**
 * The other side of the population's trades: one maker that quotes every book around the recorded price, and gives
 * way as books do: when a price moves more than it usually does, the spread widens and the depth shrinks.
 */
export class MarketSide {
  readonly #session: Session
  readonly #venue: Venue
  readonly #userId: UserId
  readonly #depthUsdt: number
  readonly #books: Book[]
  readonly #funded: boolean[]
  /** USDT index prices, by asset. */
  readonly prices: (IndexPrice | null)[]

  constructor(session: Session, venue: Venue, pairs: readonly Pair[], accounts: number) {
    this.#session = session
    this.#venue = venue
    this.#depthUsdt = Math.max(DEPTH_USDT_MIN, accounts * DEPTH_USDT_PER_ACCOUNT)
    this.#userId = createdUser(session.submit({ type: 'CreateUser' }))
    this.prices = venue.assets.map(() => null)
    this.prices[venue.usdt] = INDEX_PRICE_SCALE as IndexPrice
    this.#funded = venue.assets.map(() => false)
    this.#books = venue.symbols.map((symbol) => {
      const series = pairs.findIndex((pair) => pair.symbol === symbol.symbol)
      return {
        symbol,
        series: series < 0 ? null : series,
        quotedAround: null,
        lastFair: null,
        quick: 0,
        slow: 0,
        moves: 0,
        dirty: false,
      }
    })
    session.observe((_sequenced, outcome) => {
      for (const event of outcome.events) {
        if (event.type !== 'TradeExecuted') continue
        const book = this.#books[event.symbol]
        if (book !== undefined) book.dirty = true
      }
    })
  }

  /** Takes in the prices of one step; returns those that changed, for the index. */
  follow(market: PriceBook): (readonly [TradingSymbol['base'], IndexPrice])[] {
    const changed: (readonly [TradingSymbol['base'], IndexPrice])[] = []
    for (const [code, price] of market.usdt()) {
      const asset = this.#venue.assetByCode.get(code)
      if (asset === undefined || this.prices[asset.index] === price) continue
      this.prices[asset.index] = price as IndexPrice
      changed.push([asset.index, price as IndexPrice])
    }
    this.#fund()
    for (const book of this.#books) measureMove(book, this.#fairOf(book, market))
    return changed
  }

  /** Renews the quotes that are off, or that were traded against. */
  requote(): void {
    for (const book of this.#books) if (isOff(book)) this.#renew(book)
  }

  /** Fills one book up again if it was traded against. */
  refill(symbol: number): void {
    const book = this.#books[symbol]
    if (book?.dirty === true) this.#renew(book)
  }

  #renew(book: Book): void {
    const { symbol, lastFair } = book
    const quotePrice = this.prices[symbol.quote] ?? null
    if (lastFair === null || quotePrice === null) return
    book.dirty = false
    book.quotedAround = lastFair
    this.#session.submit({
      type: 'MassQuote',
      userId: this.#userId,
      symbol: symbol.index,
      ...quote(symbol, lastFair, quotePrice, this.#settingsOf(book)),
    })
  }

  #settingsOf({ quick, slow }: Book): QuoteSettings {
    const agitation = slow > 0 ? quick / slow : 1
    return {
      spreadBps: SPREAD_BPS * Math.min(SPREAD_MULTIPLE_MAX, Math.max(1, agitation)),
      depthUsdt: this.#depthUsdt * Math.max(DEPTH_SHARE_MIN, Math.min(1, 1 / agitation)),
      levels: LEVELS,
      skew: 0,
    }
  }

  #fairOf({ symbol, series }: Book, market: PriceBook): bigint | null {
    const own = series === null ? null : market.at(series)
    if (own !== null) return (own * INDEX_PRICE_SCALE) / symbol.tickSize
    return fairPrice(symbol, this.prices[symbol.base] ?? null, this.prices[symbol.quote] ?? null)
  }

  /** Gives the maker its funds in every asset that has its first price. */
  #fund(): void {
    if (this.prices.every((price, asset) => price === null || this.#funded[asset] === true)) return
    const usdt = this.#depthUsdt * FUNDS_MULTIPLE
    for (const command of fundingCommands(this.#venue, this.#userId, this.prices, usdt)) {
      if (command.type !== 'Deposit' || this.#funded[command.asset] === true) continue
      const { refusal } = this.#session.submit(command)
      assert(refusal === null, `the market maker is funded: ${refusal?.reason}`)
      this.#funded[command.asset] = true
    }
  }
}

function measureMove(book: Book, fair: bigint | null): void {
  if (fair !== null && book.lastFair !== null && book.lastFair > 0n) {
    const move = Math.abs(Number(fair - book.lastFair)) / Number(book.lastFair)
    book.quick += QUICK_WEIGHT * (move - book.quick)
    book.moves += 1
    // The slow measure is the plain average of what was seen, until that spans its own memory.
    book.slow += Math.max(SLOW_WEIGHT, 1 / book.moves) * (move - book.slow)
  }
  book.lastFair = fair
}

function isOff({ lastFair, quotedAround, dirty }: Book): boolean {
  if (lastFair === null) return false
  if (dirty || quotedAround === null) return true
  const moved = Math.abs(Number(lastFair - quotedAround)) / Number(quotedAround)
  return moved >= (SPREAD_BPS / 10_000) * REQUOTE_SHARE
}

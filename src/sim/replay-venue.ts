import type { AssetDocument, SymbolDocument, VenueDocument } from '../core/domain/venue-document.ts'
import { formatDecimalShort } from '../core/money/decimal.ts'
import type { Bars } from '../server/feed/bars.ts'
import { CandleFault } from '../server/feed/candles.ts'
import type { Pair } from '../server/feed/cross-rates.ts'
import { pairOf, usdtPrices } from '../server/feed/cross-rates.ts'

const DECIMALS = 8
const UNIT = 10n ** BigInt(DECIMALS)
// Half of what a venue takes in from outside: the market maker's funds and the traders' come on top.
const AMOUNT_LIMIT = 2n ** 59n
const TICKS_MAX = 2n ** 30n - 1n
const LOTS_MAX = 2n ** 36n
const USDT = 'USDT'
const NO_LIMIT_USDT = 20_000_000n
const POOL_USDT_PER_ACCOUNT = 2_000_000n
const POOL_USDT_MIN = 500_000_000n

/** A venue that trades what a set of candles prices. */
export interface ReplayVenue {
  readonly document: VenueDocument
  /** The pair of each of the bars' series. */
  readonly pairs: readonly Pair[]
  readonly assetCodes: readonly string[]
}

export interface ReplayVenueSettings {
  /** The policy, and the terms of the assets that it knows. */
  readonly profile: VenueDocument
  readonly accounts: number
  /** USDT prices of quote assets that the candles cannot tell, such as BTC where there are only BTC pairs. */
  readonly quotePrices: ReadonlyMap<string, bigint>
}

/**
 * A venue document for the pairs of `bars`: every asset in them, a USDT pair for each as liquidation needs one, ticks
 * and lots that suit the prices that occur, and pools that do not run dry.
 *
 * The policy is the profile's, but for the age at which an index price goes stale: recorded bars may be farther apart.
 */
export function replayVenue(bars: Bars, settings: ReplayVenueSettings): ReplayVenue {
  const pairs = bars.symbols.map(pairNamed)
  const ranges = priceRanges(bars, pairs, settings.quotePrices)
  const codes = [USDT, ...[...ranges.keys()].filter((code) => code !== USDT).sort()]
  const lost = pairs.find(({ base }) => !codes.includes(base))
  if (lost !== undefined) {
    throw new CandleFault(
      `${lost.symbol} leads to no USDT price; say what ${lost.quote} is worth in USDT: --quote-prices ${lost.quote}=…`,
    )
  }
  const traded = new Map(pairs.map((pair) => [pair.symbol, pair]))
  for (const base of codes.slice(1)) {
    const symbol = `${base}${USDT}`
    if (!traded.has(symbol)) traded.set(symbol, { symbol, base, quote: USDT })
  }
  const { policy } = settings.profile
  const fund = Object.entries(policy.insuranceFund).filter(([code]) => codes.includes(code))
  const bnb = policy.lending?.interestInBnb ?? null
  const interestInBnb = bnb !== null && codes.includes(bnb.asset) ? bnb : null
  const document = {
    name: 'Replay',
    assets: codes.map((code) => assetDocument(code, rangeOf(ranges, code).first, settings)),
    symbols: [...traded.values()].map((pair) => symbolDocument(pair, ranges)),
    policy: {
      ...policy,
      indexPriceAgeMaxMs: Math.max(policy.indexPriceAgeMaxMs, 2 * bars.intervalMs),
      lending: { ...policy.lending, interestInBnb },
      insuranceFund: Object.fromEntries(fund),
    },
  }
  return { document, pairs, assetCodes: codes }
}

interface PriceRange {
  /** USDT, as counts of 10⁻⁸. */
  first: bigint
  low: bigint
  high: bigint
}

function pairNamed(symbol: string): Pair {
  const pair = pairOf(symbol)
  if (pair === null) throw new CandleFault(`${symbol} does not end with a known quote asset`)
  return pair
}

/** What each asset costs in USDT at first, at least and at most. */
function priceRanges(
  bars: Bars,
  pairs: readonly Pair[],
  quotePrices: ReadonlyMap<string, bigint>,
): Map<string, PriceRange> {
  const ranges = new Map<string, PriceRange>([[USDT, { first: UNIT, low: UNIT, high: UNIT }]])
  const book = new PriceBook(pairs, quotePrices)
  for (const bar of bars.bars) {
    for (const extreme of ['low', 'high'] as const) {
      for (const [place, candle] of bar.candles.entries()) {
        if (candle !== null) book.set(place, candle[extreme])
      }
      for (const [code, price] of book.usdt()) {
        const range = ranges.get(code)
        if (range === undefined) ranges.set(code, { first: price, low: price, high: price })
        else {
          if (price < range.low) range.low = price
          if (price > range.high) range.high = price
        }
      }
    }
  }
  return ranges
}

/** The last price of every pair, and the USDT prices that follow from them. */
export class PriceBook {
  readonly #quotes: { pair: Pair; price: bigint }[]
  readonly #known: boolean[]
  readonly #fixed: { pair: Pair; price: bigint }[]

  constructor(pairs: readonly Pair[], quotePrices: ReadonlyMap<string, bigint>) {
    this.#quotes = pairs.map((pair) => ({ pair, price: 0n }))
    this.#known = pairs.map(() => false)
    this.#fixed = [...quotePrices].map(([code, price]) => ({
      pair: { symbol: `${code}${USDT}`, base: code, quote: USDT },
      price,
    }))
  }

  set(place: number, price: bigint): void {
    const quote = this.#quotes[place]
    if (quote === undefined) return
    quote.price = price
    this.#known[place] = true
  }

  /** The pair's own last price, in its quote asset; null before its first. */
  at(place: number): bigint | null {
    return this.#known[place] === true ? (this.#quotes[place]?.price ?? null) : null
  }

  usdt(): Map<string, bigint> {
    const known = this.#quotes.filter((_, place) => this.#known[place])
    return usdtPrices([...known, ...this.#fixed])
  }
}

function rangeOf(ranges: ReadonlyMap<string, PriceRange>, code: string): PriceRange {
  const range = ranges.get(code)
  if (range === undefined) throw new CandleFault(`${code} has no price`)
  return range
}

function assetDocument(
  code: string,
  firstPrice: bigint,
  settings: ReplayVenueSettings,
): AssetDocument {
  const known = settings.profile.assets.find((asset) => asset.code === code)
  const wanted = POOL_USDT_PER_ACCOUNT * BigInt(settings.accounts)
  const pool = worth(wanted > POOL_USDT_MIN ? wanted : POOL_USDT_MIN, firstPrice)
  return {
    code,
    name: known?.name ?? code,
    stable: known?.stable ?? /^(FD|T|B)?USD/.test(code),
    borrowable: true,
    collateral: known?.collateral ?? [
      { upTo: '20000000', weight: '0.95' },
      { upTo: '60000000', weight: '0.8' },
      { upTo: null, weight: '0.5' },
    ],
    dailyInterestRate: known?.dailyInterestRate ?? '0.0003',
    minimumBorrow: '0.00000001',
    minimumRepay: '0.00000001',
    userBorrowLimit: worth(NO_LIMIT_USDT, firstPrice),
    venueBorrowCap: pool,
    pool: { supply: pool, reserve: '0' },
  }
}

/** How much of an asset so many USDT buy, as decimal text, within what the ledger holds. */
function worth(usdt: bigint, price: bigint): string {
  const amount = (usdt * UNIT * UNIT) / price
  return text(amount < AMOUNT_LIMIT ? amount : AMOUNT_LIMIT)
}

function symbolDocument(pair: Pair, ranges: ReadonlyMap<string, PriceRange>): SymbolDocument {
  const base = rangeOf(ranges, pair.base)
  const quote = rangeOf(ranges, pair.quote)
  const low = (base.low * UNIT) / quote.high
  const high = (base.high * UNIT) / quote.low
  const { tick, step } = grid(low, high, quote.high)
  const lots = minimum(LOTS_MAX, AMOUNT_LIMIT / step)
  return {
    symbol: pair.symbol,
    base: pair.base,
    quote: pair.quote,
    tickSize: text(tick),
    minimumPrice: text(tick),
    maximumPrice: text(tick * TICKS_MAX),
    stepSize: text(step),
    minimumQuantity: text(step),
    maximumQuantity: text(step * lots),
    marketMaximumQuantity: text(step * lots),
    minimumNotional: '0',
    maximumNotional: '1000000000',
    percentPrice: { bidUp: '10', bidDown: '0.01', askUp: '10', askDown: '0.01' },
    maximumOpenOrders: 1000,
    margin: true,
  }
}

/**
 * Tick and lot size, powers of ten with a product of whole 10⁻⁸: about a hundred-thousandth of the lowest price for
 * the tick, coarser where a lot would otherwise be worth more than a USDT or the highest price have too many ticks.
 */
export function grid(
  low: bigint,
  high: bigint,
  quotePrice: bigint,
): { tick: bigint; step: bigint } {
  let tick = powerOfTenAtMost(low / 100_000n)
  while ((high * 4n) / tick > TICKS_MAX) tick *= 10n
  const lotUsdt = (step: bigint): bigint => (((step * high) / UNIT) * quotePrice) / UNIT
  let step = tick < UNIT ? UNIT / tick : 1n
  while (step > 1n && lotUsdt(step) > UNIT && tick < low / 10_000n) {
    tick *= 10n
    step /= 10n
  }
  while (lotUsdt(step * 10n) < UNIT / 100n) step *= 10n
  return { tick, step }
}

function powerOfTenAtMost(value: bigint): bigint {
  let power = 1n
  while (power * 10n <= value) power *= 10n
  return power
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function text(atoms: bigint): string {
  return formatDecimalShort(atoms, DECIMALS)
}

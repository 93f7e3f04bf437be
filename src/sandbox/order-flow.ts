import type { PlaceOrder } from '../core/domain/command.ts'
import { PLAIN } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { notionalOf } from '../core/domain/venue.ts'
import type { Amount } from '../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { Prng } from '../server/feed/prng.ts'
import type { CommandSink } from './market-maker.ts'
import { fairPrice } from './quote.ts'

export interface OrderFlowSettings {
  readonly seed: number
  readonly ordersPerSecond: number
  /** The least and the most one order is worth, in USDT; most are near the least. */
  readonly usdtMin: number
  readonly usdtMax: number
}

export const ORDER_FLOW_SETTINGS: OrderFlowSettings = {
  seed: 1,
  ordersPerSecond: 8,
  usdtMin: 25,
  usdtMax: 5_000,
}

/** Above every symbol's smallest notional. */
const OPENING_USDT = 100
/** Net bought beyond this makes a bot sell, so that none runs dry. */
const NET_LIMIT_SHARE = 20
/** How far through the fair price a limit order reaches: past the market maker's first levels. */
const REACH_PARTS = 2_000n
const PARTS = 1_000_000n

/** A few users who trade small amounts at the market now and then, so that charts and trades are alive. */
export class OrderFlow {
  readonly #sink: CommandSink
  readonly #venue: Venue
  readonly #users: readonly UserId[]
  readonly #settings: OrderFlowSettings
  readonly #prices: (IndexPrice | null)[]
  readonly #prng: Prng
  /** USDT bought less sold, by symbol. */
  readonly #net: number[]
  #count = 0
  #timer: NodeJS.Timeout | null = null

  constructor(
    sink: CommandSink,
    venue: Venue,
    users: readonly UserId[],
    settings = ORDER_FLOW_SETTINGS,
  ) {
    this.#sink = sink
    this.#venue = venue
    this.#users = users
    this.#settings = settings
    this.#prng = new Prng(settings.seed)
    this.#net = venue.symbols.map(() => 0)
    this.#prices = venue.assets.map(() => null)
    this.#prices[venue.usdt] = INDEX_PRICE_SCALE as IndexPrice
  }

  start(): void {
    if (this.#timer !== null) return
    this.#timer = setInterval(() => {
      const order = this.next()
      // A venue that is closing or overloaded takes nothing, and nobody misses one of these.
      if (order !== null) this.#sink.submit(order).catch(() => {})
    }, 1000 / this.#settings.ordersPerSecond)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  onPrices(prices: readonly (readonly [asset: number, price: IndexPrice | null])[]): void {
    for (const [asset, price] of prices) this.#prices[asset] = price
  }

  /** The next order; null when the symbol drawn has no price or the size drawn is below its filters. */
  next(): PlaceOrder | null {
    return this.#orderOn(this.#prng.pick(this.#venue.symbols), this.#size())
  }

  /** One small order on every symbol that never traded is enough for each to have a last price. */
  opening(traded: (symbol: TradingSymbol) => boolean): PlaceOrder[] {
    return this.#venue.symbols
      .filter((symbol) => !traded(symbol))
      .flatMap((symbol) => this.#orderOn(symbol, OPENING_USDT) ?? [])
  }

  #orderOn(symbol: TradingSymbol, usdt: number): PlaceOrder | null {
    const prng = this.#prng
    const userId = prng.pick(this.#users)
    const quotePrice = this.#prices[symbol.quote] ?? null
    const fair = fairPrice(symbol, this.#prices[symbol.base] ?? null, quotePrice)
    const lean = (this.#net[symbol.index] ?? 0) / (NET_LIMIT_SHARE * this.#settings.usdtMax)
    const buys = prng.chance(Math.min(1, Math.max(0, 0.5 - lean / 2)))
    const limited = prng.chance(0.4)
    if (fair === null || quotePrice === null) return null
    const price = ticksOf(fair, buys)
    const lots = lotsOf(symbol, price, usdt, quotePrice)
    if (lots === null) return null
    this.#net[symbol.index] = (this.#net[symbol.index] ?? 0) + (buys ? usdt : -usdt)
    this.#count += 1
    return {
      type: 'PlaceOrder',
      userId,
      wallet: 'SPOT',
      symbol: symbol.index,
      side: buys ? 'BUY' : 'SELL',
      orderType: limited ? 'LIMIT' : 'MARKET',
      timeInForce: limited ? 'IOC' : 'GTC',
      price: limited ? price : (0 as Ticks),
      lots,
      quoteQuantity: 0n as Amount,
      ...PLAIN,
      clientOrderId: `flow-${this.#settings.seed}-${this.#count}`,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: true,
      selfTradePrevention: 'EXPIRE_MAKER',
    }
  }

  /** Small sizes are many, large ones few: the cube of a uniform. */
  #size(): number {
    const { usdtMin, usdtMax } = this.#settings
    return usdtMin + (usdtMax - usdtMin) * this.#prng.unit() ** 3
  }
}

function ticksOf(fair: bigint, buys: boolean): Ticks {
  const reach = buys ? PARTS + REACH_PARTS : PARTS - REACH_PARTS
  return Math.max(1, Number((fair * reach) / PARTS / INDEX_PRICE_SCALE)) as Ticks
}

function lotsOf(
  symbol: TradingSymbol,
  price: Ticks,
  usdt: number,
  quotePrice: IndexPrice,
): Lots | null {
  const quoteAtoms = (BigInt(Math.round(usdt * 100)) * INDEX_PRICE_SCALE * 1_000_000n) / quotePrice
  const lots = Number(quoteAtoms / (BigInt(price) * symbol.quotePerTickLot)) as Lots
  if (lots < symbol.minimumLots || lots > symbol.marketMaximumLots) return null
  return notionalOf(symbol, price, lots) < symbol.minimumNotional ? null : lots
}

import type { Command, PlaceOrder } from '../core/domain/command.ts'
import { PLAIN } from '../core/domain/command.ts'
import type { Sequence, SymbolIndex, TimestampMs, UserId } from '../core/domain/ids.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import type { OrderRulesDocument, TradingDocument } from '../core/domain/venue-document.ts'
import type { Amount } from '../core/money/amount.ts'
import type { Lots, Ticks } from '../core/money/price.ts'
import { Prng } from '../server/feed/prng.ts'
import { drawFuzzPlan, FUZZ_FEATURES } from './order-fuzz-venue.ts'
import { ReferenceMarket } from './reference-market.ts'

export const SYMBOL = 0 as SymbolIndex
export const START_MS = 1_000_000

/** A market of one symbol that speaks in ticks and lots. Users 1 to 4 are rich. */
export class MarketScript {
  readonly market: ReferenceMarket
  nowMs = START_MS
  #names = 0

  constructor(rules: Partial<OrderRulesDocument> = {}, trading: Partial<TradingDocument> = {}) {
    const { document } = drawFuzzPlan(new Prng(1), new Set(FUZZ_FEATURES))
    const symbols = document.symbols.map((symbol) => ({
      ...symbol,
      maximumPrice: '1000000',
      orderRules: { ...symbol.orderRules, ...rules },
    }))
    const policy = { ...document.policy, trading: { ...document.policy.trading, ...trading } }
    this.market = new ReferenceMarket(parseVenue({ ...document, symbols, policy }))
    for (const user of [1, 2, 3, 4]) {
      this.do({ type: 'CreateUser' })
      for (const { index } of this.market.state.venue.assets) {
        const amount = (10n ** 17n) as Amount
        this.do({ type: 'Deposit', userId: user as UserId, wallet: 'SPOT', asset: index, amount })
      }
    }
  }

  do(command: Command): readonly string[] {
    const sequence = 1 as Sequence
    return this.market.apply({ sequence, timestampMs: this.nowMs as TimestampMs, command })
  }

  /** `1 BUY 3 @ 100` or `1 BUY 3` for one at market, then what else there is to say of it. */
  order(text: string, options: object = {}): PlaceOrder {
    const [user, side, lots, , price] = text.split(' ')
    this.#names += 1
    return {
      type: 'PlaceOrder',
      userId: Number(user) as UserId,
      wallet: 'SPOT',
      symbol: SYMBOL,
      side: side as 'BUY' | 'SELL',
      orderType: price === undefined ? 'MARKET' : 'LIMIT',
      timeInForce: 'GTC',
      price: Number(price ?? 0) as Ticks,
      lots: Number(lots) as Lots,
      quoteQuantity: 0n as Amount,
      clientOrderId: `o${this.#names}`,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: false,
      selfTradePrevention: 'NONE',
      ...PLAIN,
      ...options,
    } as PlaceOrder
  }

  place(text: string, options: object = {}): readonly string[] {
    return this.do(this.order(text, options))
  }

  /** A trade at this price, by users 3 and 4, who have nothing else in the book. */
  tradeAt(price: number): readonly string[] {
    this.place(`3 SELL 1 @ ${price}`)
    return this.place(`4 BUY 1 @ ${price}`)
  }

  open(userId: number): string[] {
    return this.market.openOrders(userId as UserId)
  }

  /** What shows in the book, `lots@price`, best first; the bids, then the asks. */
  book(): string {
    const side = (name: 'BUY' | 'SELL') =>
      this.market
        .depth(SYMBOL, name)
        .map(([price, lots]) => `${lots}@${price}`)
        .join(' ')
    return `${side('BUY')} | ${side('SELL')}`
  }
}

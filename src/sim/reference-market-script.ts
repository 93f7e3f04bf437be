import type { Command, PlaceOrder, SequencedCommand } from '../core/domain/command.ts'
import { PLAIN } from '../core/domain/command.ts'
import type { Sequence, SymbolIndex, TimestampMs, UserId } from '../core/domain/ids.ts'
import type { OrderListKind } from '../core/domain/order-list.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import type {
  OrderRulesDocument,
  TradingDocument,
  VenueDocument,
} from '../core/domain/venue-document.ts'
import type { Amount } from '../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../core/money/price.ts'
import { Prng } from '../server/feed/prng.ts'
import { drawFuzzPlan, FUZZ_FEATURES } from './order-fuzz-venue.ts'
import { ReferenceMarket } from './reference-market.ts'
import { symbolOf } from './reference-market-state.ts'

export const SYMBOL = 0 as SymbolIndex
export const START_MS = 1_767_225_600_000

const RICH = 10n ** 17n

/** A market of one symbol that speaks in ticks and lots, with users 1 to 4; `funds` is what each has, by asset. */
export class MarketScript {
  readonly market: ReferenceMarket
  readonly document: VenueDocument
  /** All that it was told. */
  readonly history: SequencedCommand[] = []
  nowMs = START_MS
  #names = 0

  constructor(
    rules: Partial<OrderRulesDocument> = {},
    trading: Partial<TradingDocument> = {},
    funds: readonly bigint[] = [RICH, RICH, RICH],
  ) {
    const { document } = drawFuzzPlan(new Prng(1), new Set(FUZZ_FEATURES))
    const symbols = document.symbols.map((symbol) => ({
      ...symbol,
      maximumPrice: '1000000',
      orderRules: { ...symbol.orderRules, ...rules },
    }))
    const policy = { ...document.policy, trading: { ...document.policy.trading, ...trading } }
    this.document = { ...document, symbols, policy }
    this.market = new ReferenceMarket(parseVenue(this.document))
    for (const user of [1, 2, 3, 4]) {
      this.do({ type: 'CreateUser' })
      for (const { index } of this.market.state.venue.assets) {
        const amount = (funds[index] ?? RICH) as Amount
        this.do({ type: 'Deposit', userId: user as UserId, wallet: 'SPOT', asset: index, amount })
      }
    }
  }

  do(command: Command): readonly string[] {
    const sequence = (this.history.length + 2) as Sequence
    const sequenced = { sequence, timestampMs: this.nowMs as TimestampMs, command }
    this.history.push(sequenced)
    return this.market.apply(sequenced)
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

  list(kind: OrderListKind, orders: readonly PlaceOrder[]): readonly string[] {
    const userId = orders[0]?.userId ?? (1 as UserId)
    const clientListId = 'list'
    const to = { userId, wallet: 'SPOT', symbol: SYMBOL } as const
    return this.do({ type: 'PlaceOrderList', ...to, kind, clientListId, orders })
  }

  /** The index of the base, in ticks. */
  index(ticks: number): readonly string[] {
    const { market } = this
    const { base, tickSize } = symbolOf(market.state, SYMBOL).rules
    const price = (BigInt(ticks) * tickSize) as IndexPrice
    return this.do({ type: 'SetIndexPrices', prices: [[base, price]] })
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

import type { PlaceOrder, TradingWallet } from '../domain/command.ts'
import { PLAIN } from '../domain/command.ts'
import type { AccountId, LiquidationId } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import type { IndexedMarket } from '../liquidation/price-bound.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { match } from './match-order.ts'
import { acceptOrder } from './place-order.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, bookOf, indexOf, marketOf } from './state.ts'
import { UNBOUNDED } from './trade-range.ts'

/** Where the venue itself may trade now; null while an index is not good (rule X3), unless that holds nothing up, or the book is shut (T20). */
export function openMarket(
  state: ExchangeState,
  symbol: TradingSymbol | null,
  mayTradeHeld: boolean,
): IndexedMarket | null {
  if (symbol === null) return null
  const price = state.prices[symbol.base] ?? null
  const quotePrice = state.prices[symbol.quote] ?? null
  if (price === null || quotePrice === null) return null
  const isGood =
    indexOf(state, symbol.base).standing === 'GOOD' &&
    indexOf(state, symbol.quote).standing === 'GOOD'
  if (!isGood && !mayTradeHeld) return null
  const { state: symbolState } = marketOf(state, symbol.index)
  if (symbolState === 'HALTED' || symbolState === 'POST_ONLY') return null
  return { symbol, price, quotePrice }
}

interface OwnOrder {
  readonly user: User
  readonly account: AccountId
  readonly wallet: TradingWallet
  readonly symbol: TradingSymbol
  readonly side: Side
  readonly limit: Ticks
  readonly lots: Lots
  readonly clientOrderId: string
  readonly liquidationId: LiquidationId | null
}

/**
 * An immediate-or-cancel order of the venue's own making, through the ordinary book and within its own band (rule Q3).
 * Null: nothing there to trade with, or the command has sent all that it may (rule Q8).
 */
export function tradeAtOnce(state: ExchangeState, own: OwnOrder): Order | null {
  const { user, account, symbol, side, limit, lots, liquidationId } = own
  const book = bookOf(state, symbol.index)
  if (state.liquidationOrdersLeft === 0 || !book.crosses(side, limit)) return null
  state.liquidationOrdersLeft -= 1
  const place: PlaceOrder = {
    type: 'PlaceOrder',
    userId: user.id,
    wallet: own.wallet,
    symbol: symbol.index,
    side,
    orderType: 'LIMIT',
    timeInForce: 'IOC',
    price: limit,
    lots,
    quoteQuantity: ZERO,
    ...PLAIN,
    clientOrderId: own.clientOrderId,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: false,
    selfTradePrevention: 'NONE',
  }
  const buys = side === 'BUY'
  return acceptOrder(
    state,
    {
      place,
      user,
      account,
      symbol,
      book,
      gives: assetAt(state, buys ? symbol.quote : symbol.base),
      receives: assetAt(state, buys ? symbol.base : symbol.quote),
      need: buys ? notionalOf(symbol, limit, lots) : baseOf(symbol, lots),
      held: ZERO,
      borrow: ZERO,
      lent: ZERO,
      waits: false,
      ...match(state, { user, symbol, book, place, range: UNBOUNDED, quoteBudget: null }),
    },
    liquidationId,
  )
}

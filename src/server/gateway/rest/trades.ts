import { present } from '../../../core/assert.ts'
import type { TradingWallet } from '../../../core/domain/command.ts'
import type { OrderId, TradeId } from '../../../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../../../core/domain/venue.ts'
import { amountText, lotsText, priceText } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { TradeRecord } from '../../projections/queries/trades.ts'
import type { UserCall } from '../endpoint.ts'
import { caughtUp } from '../submit.ts'
import { readDayRange } from './read-parameters.ts'

/** GET myTrades of either family; ascending by id. */
export async function myTrades(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { deps, parameters, userId } = call
  const symbol = readSymbol(parameters, deps.engine.venue)
  const fromId = parameters.whole('fromId') as TradeId | undefined
  const timed = parameters.has('startTime') || parameters.has('endTime')
  if (fromId !== undefined && timed) throw requestError('combination')
  const ask = {
    userId,
    wallet,
    symbol: symbol.index,
    orderId: parameters.whole('orderId') as OrderId | undefined,
    fromId,
    ...readDayRange(parameters),
    limit: parameters.limit('limit', 500, 1_000),
  }
  await caughtUp(deps)
  const trades = await deps.histories.trades(ask)
  return trades.map((trade) => userTradeBody(trade, symbol, deps.engine.venue, wallet))
}

export function userTradeBody(
  trade: TradeRecord,
  symbol: TradingSymbol,
  venue: Venue,
  wallet: TradingWallet,
): object {
  const family =
    wallet === 'SPOT'
      ? { orderListId: -1, quoteQty: amountText(trade.quote) }
      : { isIsolated: wallet === 'ISOLATED_MARGIN' }
  return {
    symbol: symbol.symbol,
    id: trade.tradeId,
    orderId: trade.orderId,
    price: priceText(symbol, trade.price),
    qty: lotsText(symbol, trade.lots),
    ...family,
    commission: amountText(trade.fee),
    commissionAsset: present(venue.assets[trade.feeAsset], 'a fee asset is the venue’s').code,
    time: trade.timeMs,
    isBuyer: trade.isBuyer,
    isMaker: trade.isMaker,
    isBestMatch: true,
  }
}

import type { TradingWallet } from '../../../core/domain/command.ts'
import type { OrderId, PreventedMatchId } from '../../../core/domain/ids.ts'
import { lotsText, priceText } from '../../../wire/number-text.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { UserCall } from '../endpoint.ts'
import { caughtUp } from '../submit.ts'

const MATCHES_MAX = 1_000
/** Of a user in no trade group. */
const NO_GROUP = -1

export function preventedMatchesWeight(parameters: Parameters): number {
  return parameters.has('orderId') ? 20 : 2
}

/** GET myPreventedMatches: one by its id, or those of one order (rule T6). */
export async function preventedMatches(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { deps, parameters, userId } = call
  const symbol = readSymbol(parameters, deps.engine.venue)
  const which = readWhich(parameters)
  const limit = parameters.limit('limit', 500, MATCHES_MAX)
  await caughtUp(deps)
  const ask = { userId, wallet, symbol: symbol.index, ...which, limit }
  const rows = await deps.histories.preventedMatches(ask)
  return rows.map((row) => ({
    symbol: symbol.symbol,
    preventedMatchId: row.preventedMatchId,
    takerOrderId: row.takerOrderId,
    makerSymbol: symbol.symbol,
    makerOrderId: row.makerOrderId,
    tradeGroupId: row.tradeGroupId ?? NO_GROUP,
    selfTradePreventionMode: row.mode,
    price: priceText(symbol, row.price),
    ...(row.takerLots > 0 && { takerPreventedQuantity: lotsText(symbol, row.takerLots) }),
    ...(row.makerLots > 0 && { makerPreventedQuantity: lotsText(symbol, row.makerLots) }),
    transactTime: row.timeMs,
  }))
}

function readWhich(parameters: Parameters) {
  const preventedMatchId = parameters.whole('preventedMatchId') as PreventedMatchId | undefined
  const orderId = parameters.whole('orderId') as OrderId | undefined
  const fromId = parameters.whole('fromPreventedMatchId') as PreventedMatchId | undefined
  if (preventedMatchId === undefined && orderId === undefined) {
    throw requestError('missing_either', { first: 'preventedMatchId', second: 'orderId' })
  }
  const both = preventedMatchId !== undefined && orderId !== undefined
  if (both || (preventedMatchId !== undefined && fromId !== undefined)) {
    throw requestError('combination')
  }
  return { preventedMatchId, orderId, fromId }
}

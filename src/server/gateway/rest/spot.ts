import { present } from '../../../core/assert.ts'
import type { BalanceLine } from '../../../core/domain/question.ts'
import type { FeeTier } from '../../../core/domain/venue.ts'
import type { SingleWallet } from '../../../core/domain/wallet.ts'
import { ZERO } from '../../../core/money/amount.ts'
import { RATE_SCALE } from '../../../core/money/rate.ts'
import { commissionBody } from '../../../wire/commission-answer.ts'
import { amountText, rateText } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { type Endpoint, signed, type UserCall } from '../endpoint.ts'
import { orderCountRows } from '../rate-limit-rows.ts'
import { amendments, amendOrder } from './amend-order.ts'
import { cancelAll, cancelList, cancelOrder } from './cancel-actions.ts'
import { cancelReplace } from './cancel-replace.ts'
import {
  allOrders,
  openOrders,
  placeOrder,
  queryOrder,
  testOrder,
  testOrderWeight,
} from './order-actions.ts'
import { allLists, openLists, placeList, queryList } from './order-lists.ts'
import { preventedMatches, preventedMatchesWeight } from './prevented-matches.ts'
import { myTrades } from './trades.ts'

const SPOT = 'SPOT'
const ALL_ORDERS_MAX = 1_000
/** Of a user in no trade group (rule T6). */
const NO_GROUP = -1

/** Spot orders, by themselves. */
const orderEndpoints: readonly Endpoint[] = [
  signed('POST /api/v3/order', 'SPOT', 1, (call) => placeOrder(call, SPOT)),
  signed('POST /api/v3/order/test', 'SPOT', testOrderWeight, (call) => testOrder(call, SPOT)),
  signed('GET /api/v3/order', 'READ', 4, (call) => queryOrder(call, SPOT)),
  signed('DELETE /api/v3/order', 'SPOT', 1, (call) => cancelOrder(call, SPOT)),
  signed('POST /api/v3/order/cancelReplace', 'SPOT', 1, (call) => cancelReplace(call, SPOT)),
  signed('PUT /api/v3/order/amend/keepPriority', 'SPOT', 4, (call) => amendOrder(call, SPOT)),
  signed('GET /api/v3/order/amendments', 'READ', 4, (call) => amendments(call, SPOT)),
  signed('GET /api/v3/openOrders', 'READ', openOrdersWeight, (call) => openOrders(call, SPOT)),
  signed('DELETE /api/v3/openOrders', 'SPOT', 1, (call) => cancelAll(call, SPOT)),
  signed('GET /api/v3/allOrders', 'READ', 20, (call) => allOrders(call, SPOT, ALL_ORDERS_MAX)),
]

const orderListEndpoints: readonly Endpoint[] = [
  signed('POST /api/v3/order/oco', 'SPOT', 1, (call) => placeList(call, SPOT, 'LEGACY_OCO')),
  signed('POST /api/v3/orderList/oco', 'SPOT', 1, (call) => placeList(call, SPOT, 'OCO')),
  signed('POST /api/v3/orderList/oto', 'SPOT', 1, (call) => placeList(call, SPOT, 'OTO')),
  signed('POST /api/v3/orderList/otoco', 'SPOT', 1, (call) => placeList(call, SPOT, 'OTOCO')),
  signed('GET /api/v3/orderList', 'READ', 4, (call) => queryList(call, SPOT)),
  signed('DELETE /api/v3/orderList', 'SPOT', 1, (call) => cancelList(call, SPOT)),
  signed('GET /api/v3/openOrderList', 'READ', 6, (call) => openLists(call, SPOT)),
  signed('GET /api/v3/allOrderList', 'READ', 20, (call) => allLists(call, SPOT)),
]

export const spotEndpoints: readonly Endpoint[] = [
  ...orderEndpoints,
  ...orderListEndpoints,
  signed('GET /api/v3/myTrades', 'READ', 20, (call) => myTrades(call, SPOT)),
  signed('GET /api/v3/myPreventedMatches', 'READ', preventedMatchesWeight, (call) =>
    preventedMatches(call, SPOT),
  ),
  signed('GET /api/v3/account', 'READ', 20, account),
  signed('GET /api/v3/account/commission', 'READ', 20, commission),
  signed('GET /api/v3/rateLimit/order', 'READ', 40, orderCounts),
]

function openOrdersWeight(parameters: { has(name: string): boolean }): number {
  return parameters.has('symbol') ? 6 : 80
}

function commission({ deps, parameters, userId }: UserCall): object {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const answer = deps.engine.ask('commission', { userId, symbol: symbol.index })
  return commissionBody(symbol, answer)
}

/** What the user's tier pays where a symbol has no rates of its own. */
function tierRates({ deps, userId }: UserCall): FeeTier {
  const { venue } = deps.engine
  const { index: symbol } = present(venue.symbols[0], 'a venue has a symbol')
  const { tier } = deps.engine.ask('commission', { userId, symbol })
  return present(venue.policy.trading.feeTiers[tier], 'a user’s tier is the policy’s')
}

/** Every asset of the venue in order, those the wallet has nothing of as zeros. */
export function balanceLines(
  { deps, userId }: UserCall,
  wallet: SingleWallet,
): readonly BalanceLine[] {
  const { venue } = deps.engine
  const lines = new Map(
    deps.engine.ask('balances', { userId, wallet }).map((line) => [line.asset, line]),
  )
  const zeros = { free: ZERO, locked: ZERO, borrowed: ZERO, interest: ZERO }
  return venue.assets.map((asset) => lines.get(asset.index) ?? { asset: asset.index, ...zeros })
}

function account(call: UserCall): object {
  const { engine } = call.deps
  const { assets } = engine.venue
  const { maker, taker } = tierRates(call)
  const nothing = amountText(0n)
  const omitZeros = call.parameters.flag('omitZeroBalances', false)
  const lines = balanceLines(call, 'SPOT').filter(
    (line) => !omitZeros || line.free + line.locked !== 0n,
  )
  const canTrade = call.key === null || call.key.permissions.includes('SPOT')
  return {
    makerCommission: basisPoints(maker),
    takerCommission: basisPoints(taker),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: {
      maker: rateText(maker),
      taker: rateText(taker),
      buyer: nothing,
      seller: nothing,
    },
    canTrade,
    canWithdraw: false,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: engine.nowMs(),
    accountType: 'SPOT',
    balances: lines.map((line) => ({
      asset: assets[line.asset]?.code,
      free: amountText(line.free),
      locked: amountText(line.locked),
    })),
    permissions: ['SPOT'],
    uid: call.userId,
    tradeGroupId: engine.ask('user', { userId: call.userId })?.tradeGroupId ?? NO_GROUP,
  }
}

function basisPoints(rate: bigint): number {
  return Number((rate * 10_000n) / RATE_SCALE)
}

/** GET rateLimit/order of either family. */
export function orderCounts({ deps: { rateLimits }, userId }: UserCall): readonly object[] {
  return orderCountRows(rateLimits.limits, rateLimits.orderCounts(userId))
}

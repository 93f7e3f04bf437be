import type { BalanceLine } from '../../../core/domain/question.ts'
import type { Policy } from '../../../core/domain/venue.ts'
import type { Wallet } from '../../../core/domain/wallet.ts'
import { ZERO } from '../../../core/money/amount.ts'
import { RATE_SCALE } from '../../../core/money/rate.ts'
import { refusalError } from '../../../wire/error.ts'
import { amountText, rateText } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { type Endpoint, signed, type UserCall } from '../endpoint.ts'
import { orderLimitRows } from '../rate-limit-rows.ts'
import { cancelReplace } from './cancel-replace.ts'
import {
  allOrders,
  cancelAll,
  cancelOrder,
  openOrders,
  placeOrder,
  queryOrder,
  readOrder,
} from './order-actions.ts'
import { myTrades } from './trades.ts'

const ALL_ORDERS_MAX = 1_000

export const spotEndpoints: readonly Endpoint[] = [
  signed('POST /api/v3/order', 'TRADE', 1, (call) => placeOrder(call, 'SPOT')),
  signed('POST /api/v3/order/test', 'TRADE', 1, testOrder),
  signed('GET /api/v3/order', 'READ', 4, (call) => queryOrder(call, 'SPOT')),
  signed('DELETE /api/v3/order', 'TRADE', 1, (call) => cancelOrder(call, 'SPOT')),
  signed('POST /api/v3/order/cancelReplace', 'TRADE', 1, cancelReplace),
  signed('GET /api/v3/openOrders', 'READ', openOrdersWeight, (call) => openOrders(call, 'SPOT')),
  signed('DELETE /api/v3/openOrders', 'TRADE', 1, (call) => cancelAll(call, 'SPOT')),
  signed('GET /api/v3/allOrders', 'READ', 20, (call) => allOrders(call, 'SPOT', ALL_ORDERS_MAX)),
  signed('GET /api/v3/myTrades', 'READ', 20, (call) => myTrades(call, 'SPOT')),
  signed('GET /api/v3/account', 'READ', 20, account),
  signed('GET /api/v3/account/commission', 'READ', 20, commission),
  signed('GET /api/v3/rateLimit/order', 'READ', 40, orderCounts),
]

function openOrdersWeight(parameters: { has(name: string): boolean }): number {
  return parameters.has('symbol') ? 6 : 80
}

/** Everything about the order itself, without placing it. */
function testOrder(call: UserCall): object {
  const { place } = readOrder(call, 'SPOT')
  const { refusal } = call.deps.engine.ask('previewOrder', { place })
  // Filters are a matter of the order; what the account or the book would say is not asked here.
  if (refusal?.reason === 'filter') throw refusalError(refusal)
  if (!call.parameters.flag('computeCommissionRates', false)) return {}
  const { maker, taker } = standardCommission(call.deps.engine.venue.policy)
  const none = { maker: amountText(0n), taker: amountText(0n) }
  return {
    standardCommissionForOrder: { maker, taker },
    specialCommissionForOrder: none,
    taxCommissionForOrder: none,
    discount: noDiscount(),
  }
}

function standardCommission(policy: Policy) {
  return {
    maker: rateText(policy.makerFee),
    taker: rateText(policy.takerFee),
    buyer: amountText(0n),
    seller: amountText(0n),
  }
}

function noDiscount(): object {
  return {
    enabledForAccount: false,
    enabledForSymbol: false,
    discountAsset: 'BNB',
    discount: amountText(0n),
  }
}

function commission({ deps, parameters }: UserCall): object {
  const { venue } = deps.engine
  const none = {
    maker: amountText(0n),
    taker: amountText(0n),
    buyer: amountText(0n),
    seller: amountText(0n),
  }
  return {
    symbol: readSymbol(parameters, venue).symbol,
    standardCommission: standardCommission(venue.policy),
    specialCommission: none,
    taxCommission: none,
    discount: noDiscount(),
  }
}

/** Every asset of the venue in order, those the wallet has nothing of as zeros. */
export function balanceLines({ deps, userId }: UserCall, wallet: Wallet): readonly BalanceLine[] {
  const { venue } = deps.engine
  const lines = new Map(
    deps.engine.ask('balances', { userId, wallet }).map((line) => [line.asset, line]),
  )
  const zeros = { free: ZERO, locked: ZERO, borrowed: ZERO, interest: ZERO }
  return venue.assets.map((asset) => lines.get(asset.index) ?? { asset: asset.index, ...zeros })
}

function account(call: UserCall): object {
  const { engine } = call.deps
  const { policy, assets } = engine.venue
  const omitZeros = call.parameters.flag('omitZeroBalances', false)
  const lines = balanceLines(call, 'SPOT').filter(
    (line) => !omitZeros || line.free + line.locked !== 0n,
  )
  const canTrade = call.key === null || call.key.permissions.includes('TRADE')
  return {
    makerCommission: basisPoints(policy.makerFee),
    takerCommission: basisPoints(policy.takerFee),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: standardCommission(policy),
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
  }
}

function basisPoints(rate: bigint): number {
  return Number((rate * 10_000n) / RATE_SCALE)
}

/** GET rateLimit/order of either family. */
export function orderCounts({ deps, userId }: UserCall): object[] {
  const { tenSeconds, day } = deps.rateLimits.orderCounts(userId)
  return orderLimitRows(deps.rateLimits.limits).map((row) => ({
    ...row,
    count: row.interval === 'DAY' ? day : tenSeconds,
  }))
}

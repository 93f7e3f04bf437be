import type { AccountId, OrderId } from '../domain/ids.ts'
import { repaysAutomatically } from '../domain/order.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { levelAbove } from '../margin/level.ts'
import type { Amount } from '../money/amount.ts'
import type { Value } from '../money/price.ts'
import { minBigint } from '../money/rounding.ts'
import { feeOn, feeRateOf } from './fees.ts'
import { lossAtLimit } from './limit-loss.ts'
import { levelsOf, marginOf } from './margin-account.ts'
import type { PlannedFill } from './order-plan.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState } from './state.ts'
import { ownerOf, venueOf } from './state.ts'

/** What one account's resting orders would give and get in a sweep. */
interface Exchange {
  readonly orders: OrderId[]
  given: bigint
  received: bigint
  repays: boolean
}

/**
 * Rule T23: the resting margin orders among these fills whose accounts would stand at or below their liquidation level
 * afterwards; null: none. Only an account that owes and trades worse than the index can fall so far.
 */
export function unfitMakers(
  state: ExchangeState,
  symbol: TradingSymbol,
  fills: readonly PlannedFill[],
): OrderId[] | null {
  let exchanges: Map<AccountId, Exchange> | null = null
  for (const { maker, price, lots } of fills) {
    if (maker.wallet === 'SPOT' || !state.indebted.has(maker.accountId)) continue
    if (lossAtLimit(state, symbol, maker.side, price, lots) === 0n) continue
    exchanges ??= new Map()
    exchanges.set(maker.accountId, { orders: [], given: 0n, received: 0n, repays: false })
  }
  if (exchanges === null) return null
  for (const fill of fills) {
    const exchange = exchanges.get(fill.maker.accountId)
    if (exchange !== undefined) add(state, symbol, exchange, fill)
  }
  const unfit: OrderId[] = []
  for (const [account, exchange] of exchanges) {
    if (!standsAfter(state, symbol, account, exchange, fills)) unfit.push(...exchange.orders)
  }
  return unfit.length === 0 ? null : unfit
}

function add(
  state: ExchangeState,
  symbol: TradingSymbol,
  exchange: Exchange,
  { maker, base, quote }: PlannedFill,
): void {
  const { user } = ownerOf(state, maker.accountId)
  const gross = maker.side === 'BUY' ? base : quote
  const rate = feeRateOf(venueOf(state).policy, symbol, user, 'maker', maker.side)
  exchange.given += maker.side === 'BUY' ? quote : base
  exchange.received += gross - feeOn(gross, rate)
  exchange.repays ||= repaysAutomatically(maker.sideEffect)
  if (exchange.orders.at(-1) !== maker.id) exchange.orders.push(maker.id)
}

function standsAfter(
  state: ExchangeState,
  symbol: TradingSymbol,
  account: AccountId,
  { given, received, repays }: Exchange,
  fills: readonly PlannedFill[],
): boolean {
  const side = fills.find(({ maker }) => maker.accountId === account)?.maker.side ?? 'BUY'
  const [gives, receives] =
    side === 'BUY' ? [symbol.quote, symbol.base] : [symbol.base, symbol.quote]
  const givesPrice = state.prices[gives] ?? null
  const receivesPrice = state.prices[receives] ?? null
  // Without a price nobody knows what the trade does to the account: it is not held against it.
  if (givesPrice === null || receivesPrice === null) return true
  const { assets, debts } = valuationOf(state, account)
  const repaid = repays
    ? minBigint(received, state.ledger.owed(account, receives) as Amount) * receivesPrice
    : 0n
  const assetsAfter = assets - given * givesPrice + received * receivesPrice - repaid
  const { liquidation } = levelsOf(state, marginOf(state, account))
  return levelAbove(assetsAfter as Value, (debts - repaid) as Value, liquidation)
}

import { present } from '../assert.ts'
import type { AccountId, AssetIndex, SymbolIndex, UserId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { Position } from '../margin/position.ts'
import { applyFill, clampToHoldings, closeExcess } from '../margin/position.ts'
import type { Amount } from '../money/amount.ts'
import type { ExchangeState } from './state.ts'
import { ownerOf, symbolAt } from './state.ts'

/** One fill of a cross margin order builds, reduces or turns its pair's position (rule P1). */
export function recordFill(state: ExchangeState, order: Order, base: Amount, quote: Amount): void {
  if (order.wallet !== 'CROSS_MARGIN') return
  const before = state.positions.get(order.accountId, order.symbol)
  const after = applyFill(before, order.side, base, quote, state.sequence)
  keep(state, order.accountId, order.userId, order.symbol, after)
}

/**
 * Rule P1 after a movement of `asset`: longs never exceed what is held of it, shorts never what is owed; the excess
 * closes at index price, oldest pair first.
 */
export function clampPositions(
  state: ExchangeState,
  account: AccountId,
  asset: AssetIndex,
  held: Amount,
  owed: Amount,
): void {
  if (isCovered(state, account, asset, held, owed)) return
  const ofAsset = state.positions
    .of(account)
    .filter(({ symbol }) => symbolAt(state, symbol).base === asset)
  const { user } = ownerOf(state, account)
  for (const { symbol, excess } of clampToHoldings(ofAsset, held, owed)) {
    const position = present(
      state.positions.get(account, symbol),
      'an excess belongs to a position',
    )
    const { base, quote } = symbolAt(state, symbol)
    const prices = { base: state.prices[base] ?? null, quote: state.prices[quote] ?? null }
    keep(state, account, user.id, symbol, closeExcess(position, excess, prices))
  }
}

/** Whether nothing exceeds: what nearly every movement finds. */
function isCovered(
  { orders, positions, venue }: ExchangeState,
  account: AccountId,
  asset: AssetIndex,
  held: Amount,
  owed: Amount,
): boolean {
  const { commitments } = orders
  let long = 0n
  let short = 0n
  let record = commitments.first(account)
  for (; record >= 0; record = commitments.next(record)) {
    if (venue?.symbols[commitments.symbolOf(record)]?.base !== asset) continue
    const quantity = positions.quantityAt(record)
    if (quantity > 0n) long += quantity
    else short -= quantity
  }
  return long <= held && short <= owed
}

function keep(
  state: ExchangeState,
  account: AccountId,
  userId: UserId,
  symbol: SymbolIndex,
  position: Position,
): void {
  state.positions.put(account, symbol, position)
  const { quantity, entryQuote, realizedPnl } = position
  state.events.push({ type: 'PositionChanged', userId, symbol, quantity, entryQuote, realizedPnl })
}

import { present } from '../assert.ts'
import type { AccountId, AssetIndex, SymbolIndex, UserId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { PairPosition, Position } from '../margin/position.ts'
import { applyFill, clampToHoldings, closeExcess } from '../margin/position.ts'
import type { Amount } from '../money/amount.ts'
import type { ExchangeState } from './state.ts'
import { ownerOf, symbolAt } from './state.ts'

/** One fill of a cross margin order builds, reduces or turns its pair's position (rule P1). */
export function recordFill(state: ExchangeState, order: Order, base: Amount, quote: Amount): void {
  if (order.wallet !== 'CROSS_MARGIN') return
  const before = state.positions.get(order.accountId)?.get(order.symbol) ?? null
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
  const positions = state.positions.get(account)
  if (positions === undefined || isCovered(state, positions, asset, held, owed)) return
  const ofAsset: PairPosition[] = []
  for (const [symbol, position] of positions) {
    if (symbolAt(state, symbol).base === asset) ofAsset.push({ symbol, position })
  }
  const { user } = ownerOf(state, account)
  for (const { symbol, excess } of clampToHoldings(ofAsset, held, owed)) {
    const position = present(positions.get(symbol), 'an excess belongs to a position')
    const { base, quote } = symbolAt(state, symbol)
    const prices = { base: state.prices[base] ?? null, quote: state.prices[quote] ?? null }
    keep(state, account, user.id, symbol, closeExcess(position, excess, prices))
  }
}

/** Whether nothing exceeds: what nearly every movement finds. */
function isCovered(
  state: ExchangeState,
  positions: ReadonlyMap<SymbolIndex, Position>,
  asset: AssetIndex,
  held: Amount,
  owed: Amount,
): boolean {
  let long = 0n
  let short = 0n
  for (const [symbol, { quantity }] of positions) {
    if (symbolAt(state, symbol).base !== asset) continue
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
  putPosition(state, account, symbol, position)
  const { quantity, entryQuote, realizedPnl } = position
  state.events.push({ type: 'PositionChanged', userId, symbol, quantity, entryQuote, realizedPnl })
}

/** The one place a position changes: the exact one and its shadow for screening. A closed one is not kept. */
export function putPosition(
  state: ExchangeState,
  account: AccountId,
  symbol: SymbolIndex,
  position: Position,
): void {
  let positions = state.positions.get(account)
  if (positions === undefined) {
    positions = new Map()
    state.positions.set(account, positions)
  }
  if (position.quantity === 0n) positions.delete(symbol)
  else positions.set(symbol, position)
  const { commitments } = state.orders
  commitments.notePosition(commitments.open(account, symbol), Math.abs(Number(position.quantity)))
}

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
  const before = state.positions.get(order.accountId)?.get(order.symbol) ?? null
  const after = applyFill(before, order.side, base, quote, state.sequence)
  keep(state, order.accountId, order.userId, order.symbol, after)
}

/**
 * Rule P1 after a movement of `asset`: longs never exceed what is held of it, shorts never what is owed; the excess
 * closes at index price, oldest pair first.
 */
export function clampPositions(state: ExchangeState, account: AccountId, asset: AssetIndex): void {
  const positions = state.positions.get(account)
  if (positions === undefined) return
  const ofAsset: { symbol: SymbolIndex; position: Position }[] = []
  for (const [symbol, position] of positions) {
    if (symbolAt(state, symbol).base === asset) ofAsset.push({ symbol, position })
  }
  if (ofAsset.length === 0) return
  const held = state.ledger.held(account, asset)
  const owed = state.ledger.owed(account, asset)
  const { user } = ownerOf(state, account)
  for (const { symbol, excess } of clampToHoldings(ofAsset, held, owed)) {
    const position = present(positions.get(symbol), 'an excess belongs to a position')
    const { base, quote } = symbolAt(state, symbol)
    const prices = { base: state.prices[base] ?? null, quote: state.prices[quote] ?? null }
    keep(state, account, user.id, symbol, closeExcess(position, excess, prices))
  }
}

function keep(
  state: ExchangeState,
  account: AccountId,
  userId: UserId,
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
  const { quantity, entryQuote, realizedPnl } = position
  state.events.push({ type: 'PositionChanged', userId, symbol, quantity, entryQuote, realizedPnl })
}

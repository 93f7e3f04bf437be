import { present } from '../core/assert.ts'
import type { PlaceOrder } from '../core/domain/command.ts'
import type { AssetIndex } from '../core/domain/ids.ts'
import { draftOrder } from './reference-market-orders.ts'
import type { ModelState } from './reference-market-state.ts'
import {
  costOf,
  freeOf,
  hasNoLimit,
  marketLockPrice,
  symbolOf,
  worthOf,
} from './reference-market-state.ts'
import { walkBook } from './reference-market-walk.ts'

/** Whether what is free does not pay for orders of one user that go in together: of an OCO the dearer (rule T12). */
export function refuseFunds(state: ModelState, orders: readonly PlaceOrder[]): string | null {
  const needs = new Map<AssetIndex, bigint>()
  for (const place of orders) {
    const { rules } = symbolOf(state, place.symbol)
    const asset = place.side === 'BUY' ? rules.quote : rules.base
    const need = needOf(state, place)
    const dearer = needs.get(asset) ?? 0n
    needs.set(asset, need > dearer ? need : dearer)
  }
  const { userId } = present(orders[0], 'there is an order')
  for (const [asset, need] of needs) {
    if (need > freeOf(state, userId, asset)) return 'balance_insufficient'
  }
  return null
}

/** What an order must find free: its lock, or at market what it would take of the book as it stands. */
function needOf(state: ModelState, place: PlaceOrder): bigint {
  const symbol = symbolOf(state, place.symbol)
  const { stepSize } = symbol.rules
  if (place.orderType === 'MARKET') return needAtMarket(state, place)
  if (place.side === 'SELL') return BigInt(place.lots) * stepSize
  const price = hasNoLimit(place.orderType)
    ? marketLockPrice(state, place)
    : { over: BigInt(place.price), under: 1n }
  return costOf(symbol, price, place.lots)
}

function needAtMarket(state: ModelState, place: PlaceOrder): bigint {
  const symbol = symbolOf(state, place.symbol)
  if (place.side === 'SELL' && place.lots > 0) return BigInt(place.lots) * symbol.rules.stepSize
  const { steps } = walkBook(state, draftOrder(state, place, null))
  const taken = steps.map((step) => {
    const lots = step.kind === 'trade' ? step.lots : step.transfers ? step.takerLots : 0
    return place.side === 'BUY'
      ? worthOf(symbol, step.maker.place.price, lots)
      : BigInt(lots) * symbol.rules.stepSize
  })
  return taken.reduce((sum, amount) => sum + amount, 0n)
}

import type { Event } from '../core/domain/event.ts'
import type { SymbolIndex } from '../core/domain/ids.ts'
import type { Side } from '../core/domain/order.ts'
import { opposite } from '../core/domain/order.ts'

/** What books show according to events alone, as a read model must be able to tell it (rule T7). */
export class DepthFromEvents {
  /** `symbol side price` to lots. */
  readonly #lots = new Map<string, number>()

  take(event: Event): void {
    switch (event.type) {
      case 'OrderAccepted':
      case 'OrderActivated': {
        const { symbol, side, price } = event.order
        this.#add(symbol, side, price, event.restingLots)
        return
      }
      case 'TradeExecuted':
        this.#add(event.symbol, event.maker.side, event.price, event.replenishedLots - event.lots)
        return
      case 'SelfTradePrevented':
        this.#add(event.symbol, opposite(event.taker.side), event.price, -event.shownLotsLess)
        return
      case 'OrderAmended': {
        const { symbol, side, price } = event.order
        this.#add(symbol, side, price, -event.shownLotsLess)
        return
      }
      case 'OrderEnded':
        this.#add(event.symbol, event.side, event.price, -event.shownLots)
        return
      default:
        return
    }
  }

  /** `price lots`, best first. */
  levels(symbol: SymbolIndex, side: Side): string[] {
    const place = `${symbol} ${side} `
    const levels = [...this.#lots]
      .filter(([key]) => key.startsWith(place))
      .map(([key, lots]) => [Number(key.slice(place.length)), lots] as const)
    levels.sort(([a], [b]) => (side === 'BUY' ? b - a : a - b))
    return levels.map(([price, lots]) => `${price} ${lots}`)
  }

  #add(symbol: SymbolIndex, side: Side, price: number, lots: number): void {
    if (lots === 0) return
    const key = `${symbol} ${side} ${price}`
    const sum = (this.#lots.get(key) ?? 0) + lots
    if (sum === 0) this.#lots.delete(key)
    else this.#lots.set(key, sum)
  }
}

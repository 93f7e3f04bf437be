import { present } from '../core/assert.ts'
import type { Command, SequencedCommand } from '../core/domain/command.ts'
import type { OrderId, SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { Side } from '../core/domain/order.ts'
import type { Venue } from '../core/domain/venue.ts'
import {
  amendOrder,
  cancelAllOrders,
  cancelOrder,
  cancelOrderList,
  cancelReplace,
} from './reference-market-change.ts'
import { letTimePass } from './reference-market-clock.ts'
import { countdownLine, groupLine, stateLine } from './reference-market-lines.ts'
import { placeOrder, placeOrderList } from './reference-market-place.ts'
import type { ModelOrder, ModelState } from './reference-market-state.ts'
import {
  createModel,
  freeOf,
  lockedOf,
  remainingOf,
  sideOf,
  symbolOf,
  triggerPrice,
  userOf,
  whoIs,
} from './reference-market-state.ts'
import { observePrice, workOffQueue } from './reference-market-triggers.ts'

/**
 * What an exchange's spot markets must do, as slowly and as plainly as the rules can be read: arrays searched from end
 * to end, and every balance that is locked summed up anew. It was written from docs/spec/matching.md and from
 * Binance's own documents, not from the engine that it judges.
 *
 * It knows spot orders of users who can pay for them.
 */
export class ReferenceMarket {
  readonly state: ModelState

  constructor(venue: Venue) {
    this.state = createModel(venue)
  }

  /** What the command does, line by line, the refusal last (`reference-market-lines.ts`). */
  apply({ timestampMs, command }: SequencedCommand): readonly string[] {
    const { state } = this
    state.lines.length = 0
    letTimePass(state, timestampMs)
    const refusal = carryOutCommand(state, command)
    workOffQueue(state)
    if (refusal !== null) state.lines.push(`refused: ${refusal}`)
    return [...state.lines]
  }

  /** Tells it what the engine calls an open order, for commands that name orders by id. */
  learn(userId: UserId, name: string, orderId: OrderId): void {
    const order = this.state.open.find((one) => one.place.userId === userId && one.name === name)
    if (order !== undefined) order.orderId = orderId
  }

  /** A user's open orders, oldest first. */
  openOrders(userId: UserId): string[] {
    return this.state.open.filter(({ place }) => place.userId === userId).map(orderText)
  }

  /** The orders of one side of a book, in the order in which they trade, with what each shows. */
  queue(symbol: SymbolIndex, side: Side): string[] {
    const book = sideOf(symbolOf(this.state, symbol), side)
    return book.map((order) => `${whoIs(order)} ${order.shown}@${order.place.price}`)
  }

  /** `[price, lots shown, orders]`, best first. */
  depth(symbol: SymbolIndex, side: Side): [number, number, number][] {
    const levels: [number, number, number][] = []
    for (const { place, shown } of sideOf(symbolOf(this.state, symbol), side)) {
      const level = levels.at(-1)
      if (level !== undefined && level[0] === place.price) {
        level[1] += shown
        level[2] += 1
      } else levels.push([place.price, shown, 1])
    }
    return levels
  }

  /** `free/locked` of each asset of a user's spot wallet. */
  balances(userId: UserId): string[] {
    const { venue } = this.state
    return venue.assets.map(({ index }) => {
      return `${freeOf(this.state, userId, index)}/${lockedOf(this.state, userId, index)}`
    })
  }
}

function orderText(order: ModelOrder): string {
  const { place, stage, status, executed, executedQuote, prevented, list } = order
  const terms = `${place.side} ${place.orderType} ${order.lots}@${place.price}`
  const done = `${executed}/${executedQuote} prevented ${prevented} left ${remainingOf(order)}`
  return `${whoIs(order)} of ${place.symbol} ${terms} ${stage} ${status} ${done} list ${list?.id ?? null}`
}

function carryOutCommand(state: ModelState, command: Command): string | null {
  switch (command.type) {
    case 'PlaceOrder':
      return placeOrder(state, command)
    case 'PlaceOrderList':
      return placeOrderList(state, command)
    case 'CancelOrder':
      return cancelOrder(state, command)
    case 'CancelAllOrders':
      return cancelAllOrders(state, command)
    case 'CancelOrderList':
      return cancelOrderList(state, command)
    case 'CancelReplace':
      return cancelReplace(state, command)
    case 'AmendOrder':
      return amendOrder(state, command)
    default:
      carryOutOther(state, command)
      return null
  }
}

/** Commands that are never refused here. */
function carryOutOther(state: ModelState, command: Command): void {
  switch (command.type) {
    case 'CreateUser':
      state.users.push({
        userId: (state.users.length + 1) as UserId,
        tradeGroupId: null,
        total: state.venue.assets.map(() => 0n),
      })
      return
    case 'Deposit': {
      const { total } = userOf(state, command.userId)
      total[command.asset] = (total[command.asset] ?? 0n) + command.amount
      return
    }
    case 'SetTradeGroup':
      userOf(state, command.userId).tradeGroupId = command.tradeGroupId
      state.lines.push(groupLine(command.userId, command.tradeGroupId))
      return
    case 'SetSymbolState': {
      const symbol = symbolOf(state, command.symbol)
      symbol.state = command.state
      symbol.untilMs = null
      state.lines.push(stateLine(command.symbol, command.state, null))
      return
    }
    case 'CancelAllAfter': {
      const { userId, symbol, timeoutMs } = command
      const others = state.countdowns.filter((c) => c.userId !== userId || c.symbol !== symbol)
      const dueMs = timeoutMs > 0 ? state.nowMs + timeoutMs : null
      state.countdowns = dueMs === null ? others : [...others, { userId, symbol, dueMs }]
      state.lines.push(countdownLine(userId, symbol, dueMs))
      return
    }
    case 'SetIndexPrices':
      setIndexPrices(state, command.prices)
      return
    default:
      return
  }
}

type IndexPrices = Extract<Command, { type: 'SetIndexPrices' }>['prices']

/** Rule T8: where the index makes stops trigger, each time it is set it is observed. */
function setIndexPrices(state: ModelState, prices: IndexPrices): void {
  for (const [asset, price] of prices) {
    const entry = present(state.index[asset], 'an asset is known')
    entry.price = price
    entry.setMs = state.nowMs
  }
  if (state.venue.policy.trading.stopTrigger !== 'INDEX') return
  for (const symbol of state.symbols) {
    const price = triggerPrice(state, symbol)
    if (price !== null && symbol.state === 'TRADING') observePrice(state, symbol, price)
  }
}

import { present } from '../core/assert.ts'
import type { Command, PlaceOrder, PlaceOrderList, TradingWallet } from '../core/domain/command.ts'
import { CANCEL_RESTRICTIONS } from '../core/domain/command.ts'
import type { AssetIndex, SymbolIndex, UserId } from '../core/domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../core/domain/ids.ts'
import type { Order, OrderType, SelfTradePrevention, Side } from '../core/domain/order.ts'
import {
  isAtMarket,
  ORDER_TYPES,
  SELF_TRADE_PREVENTIONS,
  SIDE_EFFECTS,
  stopCondition,
  TIMES_IN_FORCE,
  waitsForPrice,
} from '../core/domain/order.ts'
import type { OrderList } from '../core/domain/order-list.ts'
import { ORDER_LIST_KINDS } from '../core/domain/order-list.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { SYMBOL_STATES } from '../core/domain/venue.ts'
import type { VenueDocument } from '../core/domain/venue-document.ts'
import type { Amount } from '../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../core/money/price.ts'
import type { Prng } from '../server/feed/prng.ts'
import type { Playground } from './playground.ts'
import { simulationVenue } from './simulation-venue.ts'

/** The first user quotes; the others do everything else, on spot and on margin. */
const MAKER = 1 as UserId
const USERS = 5
const START_PRICES = [1, 30_000, 2_000, 1] as const

/** The small venue of the simulation, with every order rule in play. */
export function orderVenue(prng: Prng): VenueDocument {
  const document = simulationVenue(prng)
  const band = { bidUp: '1.2', bidDown: '0.8', askUp: '1.2', askDown: '0.8' }
  const commission = { maker: '0.0001', taker: '0.0002', buyer: '0.0003', seller: '0.0004' }
  const symbols = document.symbols.map((symbol) => ({
    ...symbol,
    orderRules: {
      maximumAlgoOrders: 20,
      executionBand: prng.chance(0.4) ? band : null,
      volatilityInterruption: prng.chance(0.3)
        ? { band: '0.02', windowMs: 60_000, pauseMs: 30_000 }
        : null,
      standardCommission: prng.chance(0.3) ? commission : null,
      taxCommission: prng.chance(0.3) ? commission : null,
    },
  }))
  const trading = {
    triggersPerCommand: prng.pick([1, 2, 100]),
    maximumOrderAgeMs: prng.pick([null, null, null, 3 * HOUR_MS]),
    stopTrigger: prng.pick(['LAST_TRADE', 'LAST_TRADE', 'INDEX'] as const),
    feeTiers: prng.pick([[], [{ volume: '20000', maker: '0.0004', taker: '0.0006' }]]),
  }
  return { ...document, symbols, policy: { ...document.policy, trading } }
}

type Act = (workload: OrderWorkload) => Command | null

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [40, (w) => w.place()],
  [14, (w) => w.placeList()],
  [5, (w) => w.cancel()],
  [2, (w) => w.cancelList()],
  [1, (w) => w.cancelAll()],
  [8, (w) => w.amend()],
  [4, (w) => w.cancelReplace()],
  [10, (w) => w.quote()],
  [8, (w) => w.prices(0.004)],
  [1, (w) => w.prices(0.2)],
  [4, (w) => w.wait()],
  [3, (w) => w.setState()],
  [2, (w) => w.setGroup()],
  [0.5, (w) => w.countdown()],
]

/** What a workload draws from. */
export interface OrderFeatures {
  readonly weights: readonly number[]
  readonly orderTypes: readonly OrderType[]
  readonly selfTradePreventions: readonly SelfTradePrevention[]
  readonly wallets: readonly TradingWallet[]
  /** How many of the orders that can trail, or show less than they are, do. */
  readonly trailing: number
  readonly icebergs: number
}

const EVERYTHING: OrderFeatures = {
  weights: ACTS.map(([weight]) => weight),
  orderTypes: ORDER_TYPES,
  selfTradePreventions: SELF_TRADE_PREVENTIONS,
  wallets: ['SPOT', 'SPOT', 'CROSS_MARGIN'],
  trailing: 0.3,
  icebergs: 0.3,
}

/** Some of everything, and more of some: what is left out makes room for runs that the rest would end early. */
export function drawFeatures(prng: Prng): OrderFeatures {
  const some = <T>(all: readonly T[]): readonly T[] => {
    const kept = all.filter(() => prng.chance(0.7))
    return kept.length === 0 ? all : kept
  }
  // The first act places orders: without it there is nothing for the others to be about.
  const weights = EVERYTHING.weights.map((weight, act) =>
    act > 0 && prng.chance(0.2) ? 0 : weight * prng.pick([0.3, 1, 1, 3]),
  )
  return {
    weights,
    orderTypes: some(ORDER_TYPES),
    selfTradePreventions: some(SELF_TRADE_PREVENTIONS),
    wallets: prng.pick([EVERYTHING.wallets, ['CROSS_MARGIN'], ['SPOT', 'CROSS_MARGIN']] as const),
    trailing: prng.pick([0, 0.3, 0.8]),
    icebergs: prng.pick([0, 0.3, 0.8]),
  }
}

/** What a workload shares with another on the same venue. */
export interface SharedMarket {
  /** By asset, in USDT; moved on by both. */
  readonly prices: number[]
  user(): UserId
}

export interface OrderWorkloadOptions {
  readonly features?: OrderFeatures
  /** Null: a market and users of its own. */
  readonly shared?: SharedMarket | null
}

/** Draws orders, lists, amendments and all that can happen to them; most are sensible, some will be refused. */
export class OrderWorkload {
  readonly #session: Playground
  readonly #venue: Venue
  readonly #prng: Prng
  readonly #features: OrderFeatures
  readonly #shared: SharedMarket | null
  readonly #prices: number[]
  #names = 0

  constructor(
    session: Playground,
    venue: Venue,
    prng: Prng,
    { features = EVERYTHING, shared = null }: OrderWorkloadOptions = {},
  ) {
    this.#session = session
    this.#venue = venue
    this.#prng = prng
    this.#features = features
    this.#shared = shared
    this.#prices = shared?.prices ?? [...START_PRICES]
  }

  *opening(): Generator<Command> {
    yield this.prices(0)
    for (let user = 1; user <= USERS; user += 1) {
      const userId = user as UserId
      yield { type: 'CreateUser' }
      for (const { index: asset } of this.#venue.assets) {
        const amount = this.#worth(asset, 400_000)
        yield { type: 'Deposit', userId, wallet: 'SPOT', asset, amount }
      }
      yield { type: 'BackdateFunding', userId, days: 8 }
      yield { type: 'SubmitKyc', userId }
      yield { type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'sim' }
      yield { type: 'AcceptDisclosure', userId, version: '1' }
      for (const { index: asset } of this.#venue.assets) {
        const amount = this.#worth(asset, this.#prng.pick([300, 4_000]))
        yield { type: 'Transfer', userId, asset, amount, from: 'SPOT', to: 'CROSS_MARGIN' }
      }
    }
  }

  next(): Command {
    if (this.#prng.chance(0.3)) this.#session.at(this.#session.nowMs + this.#prng.below(20_000))
    for (;;) {
      const [, act] = present(ACTS[this.#prng.weighted(this.#features.weights)], 'an act')
      const command = act(this)
      if (command !== null) return command
    }
  }

  place(): Command {
    const symbol = this.#prng.pick(this.#venue.symbols)
    return this.#order(this.#user(), this.#wallet(), symbol, this.#type())
  }

  placeList(): PlaceOrderList {
    const prng = this.#prng
    const kind = prng.pick(ORDER_LIST_KINDS)
    const symbol = prng.pick(this.#venue.symbols)
    const [userId, wallet] = [this.#user(), this.#wallet()]
    const single = (types: readonly OrderType[], given: Partial<PlaceOrder> = {}) =>
      this.#order(userId, wallet, symbol, prng.pick(types), given)
    const pair = (): PlaceOrder[] => {
      const side = prng.pick(['BUY', 'SELL'] as const)
      const one = this.#leg(single, side, true)
      const other = this.#leg(single, side, false)
      return [one, { ...other, lots: one.lots, icebergLots: 0 as Lots }]
    }
    const working = () => single(['LIMIT', 'LIMIT_MAKER'])
    const orders =
      kind === 'OCO'
        ? pair()
        : kind === 'OTO'
          ? [working(), single(this.#features.orderTypes)]
          : [working(), ...pair()]
    const sideEffect =
      wallet === 'SPOT' ? 'NO_SIDE_EFFECT' : prng.pick(['NO_SIDE_EFFECT', 'MARGIN_BUY'] as const)
    return {
      type: 'PlaceOrderList',
      ...{ userId, wallet, symbol: symbol.index, kind },
      clientListId: this.#name(),
      orders: orders.map((order) => ({ ...order, quoteQuantity: 0n as Amount, sideEffect })),
    }
  }

  /** One of a pair: a limit order or one that waits, above or below the price. */
  #leg(
    single: (types: readonly OrderType[], given: Partial<PlaceOrder>) => PlaceOrder,
    side: Side,
    above: boolean,
  ): PlaceOrder {
    const limitIsAbove = side === 'SELL'
    const waits: OrderType[] =
      above === limitIsAbove
        ? ['TAKE_PROFIT', 'TAKE_PROFIT_LIMIT']
        : ['STOP_LOSS', 'STOP_LOSS_LIMIT']
    const types: OrderType[] =
      above === limitIsAbove ? ['LIMIT_MAKER', 'LIMIT_MAKER', ...waits] : waits
    const drawn = single(types, { side })
    if (waitsForPrice(drawn.orderType)) return drawn
    return { ...drawn, price: Math.max(1, drawn.price + (above ? 20 : -20)) as Ticks }
  }

  cancel(): Command | null {
    const order = this.#openOrder()
    if (order === null) return null
    const restriction = this.#prng.pick([null, null, ...CANCEL_RESTRICTIONS])
    return { type: 'CancelOrder', ...order.books, order: order.reference, restriction }
  }

  cancelList(): Command | null {
    const [userId, wallet] = [this.#user(), this.#wallet()]
    const lists = this.#session.ask('openOrderLists', { userId, wallet, symbol: null })
    if (lists.length === 0) return null
    const { id: listId, symbol } = this.#prng.pick<Readonly<OrderList>>(lists)
    const list = { listId, clientListId: null }
    return { type: 'CancelOrderList', userId, wallet, symbol, list }
  }

  cancelAll(): Command {
    const symbol = this.#prng.pick(this.#venue.symbols).index
    return { type: 'CancelAllOrders', userId: this.#user(), wallet: this.#wallet(), symbol }
  }

  amend(): Command | null {
    const open = this.#openOrder()
    if (open === null || open.order.lots < 2) return null
    const lots = this.#prng.integer(1, open.order.lots - 1) as Lots
    const clientOrderId = this.#prng.chance(0.5) ? open.order.clientOrderId : this.#name()
    return { type: 'AmendOrder', ...open.books, order: open.reference, lots, clientOrderId }
  }

  cancelReplace(): Command | null {
    const open = this.#openOrder()
    if (open === null) return null
    const { userId, wallet, symbol } = open.books
    const definition = present(this.#venue.symbols[symbol], 'an order is on a symbol')
    const place = this.#order(userId, wallet, definition, this.#type())
    const mode = this.#prng.pick(['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const)
    return { type: 'CancelReplace', cancel: open.reference, mode, place, restriction: null }
  }

  quote(): Command {
    const symbol = this.#prng.pick(this.#venue.symbols)
    const fair = this.#fair(symbol)
    const level = (distance: number) =>
      [Math.max(1, fair + distance) as Ticks, this.#lots(symbol)] as const
    const [gap, step] = [this.#prng.integer(1, 8), this.#prng.integer(1, 4)]
    return {
      type: 'MassQuote',
      userId: MAKER,
      symbol: symbol.index,
      bids: [0, 1, 2].map((n) => level(-gap - n * step)),
      asks: [0, 1, 2].map((n) => level(gap + n * step)),
    }
  }

  /** Indexes move by about so much. */
  prices(spread: number): Command {
    for (const asset of [1, 2]) {
      const start = START_PRICES[asset] ?? 1
      const moved = (this.#prices[asset] ?? start) * (1 + this.#prng.normal() * spread)
      this.#prices[asset] = Math.min(start * 4, Math.max(start / 4, moved))
    }
    const prices = [1, 2, 3].map((asset) => {
      const price = BigInt(Math.round((this.#prices[asset] ?? 1) * 1e8)) as IndexPrice
      return [asset as AssetIndex, price] as const
    })
    return { type: 'SetIndexPrices', prices }
  }

  wait(): Command {
    const ms = this.#prng.pick([1_000, 31_000, 61_000, 61_000, HOUR_MS, DAY_MS, 2 * DAY_MS])
    this.#session.at(this.#session.nowMs + ms)
    return { type: 'AdvanceTime' }
  }

  /** Mostly back to trading. */
  setState(): Command {
    const states = this.#session.ask('symbolStates', {})
    const closed = states.findIndex(({ state }) => state !== 'TRADING')
    const reopens = closed >= 0 && this.#prng.chance(0.9)
    const symbol = reopens ? (closed as SymbolIndex) : this.#prng.pick(this.#venue.symbols).index
    const state = reopens ? 'TRADING' : this.#prng.pick(SYMBOL_STATES)
    return { type: 'SetSymbolState', symbol, state, reason: 'simulated', author: 'sim' }
  }

  setGroup(): Command {
    const tradeGroupId = this.#prng.pick([null, 1, 1, 2])
    const said = { reason: 'simulated', author: 'sim' }
    return { type: 'SetTradeGroup', userId: this.#user(), tradeGroupId, ...said }
  }

  countdown(): Command {
    const symbol = this.#prng.pick([null, ...this.#venue.symbols.map(({ index }) => index)])
    const timeoutMs = this.#prng.pick([0, 1_000, 60_000])
    const scope = { userId: this.#user(), wallet: this.#wallet(), symbol }
    return { type: 'CancelAllAfter', ...scope, timeoutMs }
  }

  #order(
    userId: UserId,
    wallet: TradingWallet,
    symbol: TradingSymbol,
    orderType: OrderType,
    given: Partial<PlaceOrder> = {},
  ): PlaceOrder {
    const prng = this.#prng
    const side = given.side ?? prng.pick(['BUY', 'SELL'] as const)
    const waits = waitsForPrice(orderType)
    const lots = this.#lots(symbol)
    const byQuote = orderType === 'MARKET' && prng.chance(0.3)
    const trails = waits && prng.chance(this.#features.trailing)
    const postOnly = orderType === 'LIMIT_MAKER'
    const timeInForce =
      postOnly || isAtMarket(orderType) ? 'GTC' : prng.pick(['GTC', ...TIMES_IN_FORCE] as const)
    const shows =
      !isAtMarket(orderType) && timeInForce === 'GTC' && prng.chance(this.#features.icebergs)
    const rises = waits && stopCondition(orderType, side) === 'RISE'
    const stop = this.#fair(symbol) + (rises ? 1 : -1) * prng.integer(1, 12)
    return {
      type: 'PlaceOrder',
      ...{ userId, wallet, symbol: symbol.index, side, orderType, timeInForce },
      price: (isAtMarket(orderType) ? 0 : this.#near(symbol)) as Ticks,
      lots: (byQuote ? 0 : lots) as Lots,
      quoteQuantity: byQuote ? this.#worth(symbol.quote, 2_000) : (0n as Amount),
      stopPrice: (waits && !(trails && prng.chance(0.5)) ? Math.max(1, stop) : 0) as Ticks,
      trailingBips: trails ? prng.integer(10, 60) : 0,
      icebergLots: (shows ? Math.max(1, Math.floor(lots / prng.integer(2, 6))) : 0) as Lots,
      clientOrderId: this.#name(),
      sideEffect: wallet === 'SPOT' ? 'NO_SIDE_EFFECT' : prng.pick(SIDE_EFFECTS),
      autoRepayAtCancel: prng.chance(0.7),
      selfTradePrevention: prng.pick(this.#features.selfTradePreventions),
      strategyId: prng.pick([null, 7]),
      strategyType: prng.pick([null, 1_000_000]),
      ...given,
    }
  }

  #openOrder() {
    const [userId, wallet] = [this.#user(), this.#wallet()]
    const open = this.#session.ask('openOrders', { userId, wallet, symbol: null })
    if (open.length === 0) return null
    const order = this.#prng.pick<Readonly<Order>>(open)
    const reference = { orderId: order.id, clientOrderId: null }
    return { order, reference, books: { userId, wallet, symbol: order.symbol } }
  }

  #user(): UserId {
    return this.#shared?.user() ?? (this.#prng.integer(2, USERS) as UserId)
  }

  #wallet(): TradingWallet {
    return this.#prng.pick(this.#features.wallets)
  }

  #type(): OrderType {
    return this.#prng.pick(this.#features.orderTypes)
  }

  #name(): string {
    this.#names += 1
    return `w${this.#names}`
  }

  #lots(symbol: TradingSymbol): Lots {
    const usdt = this.#prng.pick([200, 900, 4_000])
    const base = this.#worth(symbol.base, usdt)
    return Math.max(2, Number(base / symbol.stepSize)) as Lots
  }

  #near(symbol: TradingSymbol): number {
    return Math.max(1, this.#fair(symbol) + this.#prng.integer(-15, 15))
  }

  #fair(symbol: TradingSymbol): number {
    const ratio = (this.#prices[symbol.base] ?? 1) / (this.#prices[symbol.quote] ?? 1)
    return Math.round((ratio * 1e8) / Number(symbol.tickSize))
  }

  #worth(asset: AssetIndex, usdt: number): Amount {
    const whole = (usdt * this.#prng.between(0.5, 1.5)) / (this.#prices[asset] ?? 1)
    return BigInt(Math.round(whole * 1e8)) as Amount
  }
}

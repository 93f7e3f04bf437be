import { present } from '../core/assert.ts'
import type {
  CancelRestriction,
  Command,
  OrderReference,
  PlaceOrder,
  PlaceOrderList,
} from '../core/domain/command.ts'
import { CANCEL_RESTRICTIONS, PLAIN } from '../core/domain/command.ts'
import type { AssetIndex, OrderListId, SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { OrderType, Side } from '../core/domain/order.ts'
import { opposite, stopCondition } from '../core/domain/order.ts'
import { SYMBOL_STATES } from '../core/domain/venue.ts'
import type { Amount } from '../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../core/money/price.ts'
import type { Prng } from '../server/feed/prng.ts'
import type { FuzzFeature, FuzzPlan } from './order-fuzz-venue.ts'
import type { ReferenceMarket } from './reference-market.ts'
import type { ModelOrder } from './reference-market-state.ts'
import { isStop, lastPrice, remainingOf, sideOf, symbolOf } from './reference-market-state.ts'

const DEPOSIT = 1_000_000_000n * 100_000_000n
const SYMBOLS = 3
const NAMES = 40

type Act = (commands: FuzzCommands) => Command | null

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [40, (c) => c.place()],
  [25, (c) => c.take()],
  [12, (c) => c.placeList()],
  [6, (c) => c.cancel()],
  [0.4, (c) => c.cancelAll()],
  [3, (c) => c.cancelReplace()],
  [1, (c) => c.cancelList()],
  [8, (c) => c.amend()],
  [2, (c) => c.setState()],
  [1, (c) => c.setGroup()],
  [4, (c) => c.setIndex()],
  [1, (c) => c.countdown()],
  [3, () => ({ type: 'AdvanceTime' })],
]

/** Draws commands from what the model says is open, so that most of them find something to do. */
export class FuzzCommands {
  readonly #plan: FuzzPlan
  readonly #prng: Prng
  readonly #market: ReferenceMarket
  readonly #weights: readonly number[]
  #names = 0

  constructor(plan: FuzzPlan, prng: Prng, market: ReferenceMarket) {
    this.#plan = plan
    this.#prng = prng
    this.#market = market
    this.#weights = ACTS.map(([weight]) => weight * prng.pick([0.5, 1, 1, 2]))
  }

  /** Users who can pay for everything. */
  *opening(): Generator<Command> {
    for (let user = 1; user <= this.#plan.users; user += 1) {
      yield { type: 'CreateUser' }
      for (const asset of [0, 1, 2] as AssetIndex[]) {
        const amount = (this.#has('POOR') ? this.#pittance(asset) : DEPOSIT) as Amount
        yield { type: 'Deposit', userId: user as UserId, wallet: 'SPOT', asset, amount }
      }
    }
    yield { type: 'SetIndexPrices', prices: [this.#indexFor(1), this.#indexFor(2)] }
  }

  /** Enough for a few orders. */
  #pittance(asset: AssetIndex): bigint {
    const lots = BigInt(this.#prng.integer(15, 60))
    const { rules } = symbolOf(this.#market.state, 0 as SymbolIndex)
    const worth = BigInt(this.#plan.terrain.centre) * lots * rules.quotePerTickLot
    return asset === 0 ? worth : lots * rules.stepSize
  }

  next(): Command {
    for (;;) {
      const [, act] = present(ACTS[this.#prng.weighted(this.#weights)], 'an act is drawn')
      const command = act(this)
      if (command !== null) return command
    }
  }

  /** How long after the one before the next command comes. */
  pauseMs(): number {
    if (this.#prng.chance(0.6)) return 0
    return this.#prng.below(this.#prng.pick([5, 100, 600]))
  }

  place(): Command {
    const userId = this.#user()
    const symbol = this.#symbol()
    return this.#order(userId, symbol, this.#type(), this.#side())
  }

  /** An order that reaches into the book, some levels deep, mostly of another user than the one who stands there. */
  take(): Command | null {
    const symbol = this.#symbol()
    const side = this.#side()
    const book = sideOf(symbolOf(this.#market.state, symbol), opposite(side))
    const deepest = book[Math.min(book.length, this.#prng.integer(1, 4)) - 1]
    if (deepest === undefined) return null
    const { userId, price } = deepest.place
    const taker = this.#prng.chance(0.2) ? userId : this.#user()
    const order = this.#order(taker, symbol, 'LIMIT', side)
    const through = this.#prng.pick([0, 0, 0, 1, 3]) * (side === 'BUY' ? 1 : -1)
    return { ...order, price: this.#fit(price + through) as Ticks }
  }

  placeList(): Command | null {
    const kinds = (['OCO', 'OTO', 'OTOCO'] as const).filter((kind) => this.#has(kind))
    if (kinds.length === 0) return null
    const kind = this.#prng.pick(kinds)
    const [userId, symbol] = [this.#user(), this.#symbol()]
    const pair = () => this.#pair(userId, symbol)
    const working = () =>
      this.#order(userId, symbol, this.#prng.pick(['LIMIT', 'LIMIT_MAKER']), this.#side())
    const orders: PlaceOrder[] =
      kind === 'OCO'
        ? pair()
        : kind === 'OTO'
          ? [working(), this.#pending(userId, symbol)]
          : [working(), ...pair()]
    const clientListId = this.#has('SHARED_NAMES') ? `l${this.#prng.below(NAMES)}` : this.#name('l')
    return { type: 'PlaceOrderList', userId, wallet: 'SPOT', symbol, kind, clientListId, orders }
  }

  cancel(): Command | null {
    const order = this.#openOrder()
    if (order === null) return null
    const { userId, symbol } = order.place
    const restriction = this.#restriction()
    const reference = this.#reference(order)
    return { type: 'CancelOrder', userId, wallet: 'SPOT', symbol, order: reference, restriction }
  }

  cancelAll(): Command {
    return {
      type: 'CancelAllOrders',
      userId: this.#user(),
      wallet: 'SPOT',
      symbol: this.#symbol(),
    }
  }

  cancelReplace(): Command | null {
    if (!this.#has('CANCEL_REPLACE')) return null
    const order = this.#openOrder()
    if (order === null) return null
    const { userId, symbol } = order.place
    const place = this.#order(userId, symbol, this.#type(), this.#side())
    const sameName = this.#prng.chance(0.2)
    return {
      type: 'CancelReplace',
      cancel: this.#prng.chance(0.15) ? NOBODY : this.#reference(order),
      mode: this.#prng.pick(['STOP_ON_FAILURE', 'ALLOW_FAILURE']),
      restriction: this.#restriction(),
      place: sameName ? { ...place, clientOrderId: order.name } : place,
    }
  }

  cancelList(): Command | null {
    const { lists } = this.#market.state
    if (lists.length === 0) return null
    const { userId, symbol, id, name }: PlaceListNames = this.#prng.pick(lists)
    const list = this.#prng.chance(0.5)
      ? { listId: id as OrderListId, clientListId: null }
      : { listId: null, clientListId: this.#prng.chance(0.1) ? 'nobody' : name }
    return { type: 'CancelOrderList', userId, wallet: 'SPOT', symbol, list }
  }

  amend(): Command | null {
    if (!this.#has('AMEND')) return null
    const order = this.#openOrder()
    if (order === null || order.lots === 0) return null
    const { userId, symbol } = order.place
    const least = order.executed + order.prevented
    const lots = this.#prng.chance(0.1)
      ? this.#prng.integer(1, order.lots + 1)
      : Math.min(order.lots, least + this.#prng.integer(1, Math.max(1, remainingOf(order) - 1)))
    return {
      type: 'AmendOrder',
      userId,
      wallet: 'SPOT',
      symbol,
      order: this.#reference(order),
      lots: lots as Lots,
      clientOrderId:
        this.#has('AMEND_NAMES') && this.#prng.chance(0.5) ? this.#clientOrderId() : order.name,
    }
  }

  setState(): Command | null {
    if (!this.#has('STATES')) return null
    const author = { reason: 'fuzz', author: 'fuzz' }
    const shut = this.#market.state.symbols.find(({ state }) => state !== 'TRADING')
    if (shut !== undefined && this.#prng.chance(0.8)) {
      return { type: 'SetSymbolState', symbol: shut.rules.index, state: 'TRADING', ...author }
    }
    const state = this.#prng.pick(SYMBOL_STATES)
    return { type: 'SetSymbolState', symbol: this.#symbol(), state, ...author }
  }

  setGroup(): Command | null {
    if (!this.#has('TRADE_GROUPS')) return null
    const tradeGroupId = this.#prng.pick([null, 7, 7, 8])
    const said = { reason: 'simulated', author: 'sim' }
    return { type: 'SetTradeGroup', userId: this.#user(), tradeGroupId, ...said }
  }

  setIndex(): Command | null {
    return this.#has('INDEX') || this.#has('STOP_BY_INDEX') ? this.#index() : null
  }

  countdown(): Command | null {
    if (!this.#has('COUNTDOWN')) return null
    return {
      type: 'CancelAllAfter',
      userId: this.#user(),
      wallet: 'SPOT',
      symbol: this.#prng.chance(0.5) ? null : this.#symbol(),
      timeoutMs: this.#prng.pick([0, 50, 400, 3_000]),
    }
  }

  #index(): Command {
    const prices = [1, 2].filter(() => this.#prng.chance(0.7)).map((asset) => this.#indexFor(asset))
    return { type: 'SetIndexPrices', prices }
  }

  #indexFor(asset: number): readonly [AssetIndex, IndexPrice | null] {
    const lost = this.#has('LOST_INDEX') && this.#prng.chance(0.05)
    const price = BigInt(this.#near(this.#plan.terrain.centre)) * 1_000_000n
    return [asset as AssetIndex, lost ? null : (price as IndexPrice)]
  }

  #order(userId: UserId, symbol: SymbolIndex, orderType: OrderType, side: Side): PlaceOrder {
    const limited =
      orderType !== 'MARKET' && orderType !== 'STOP_LOSS' && orderType !== 'TAKE_PROFIT'
    const trails = isStop(orderType) && this.#mayTrail(symbol) && this.#prng.chance(0.4)
    const lots = this.#lots()
    const timeInForce =
      this.#has('IMMEDIATE') && limited && orderType !== 'LIMIT_MAKER' && this.#prng.chance(0.35)
        ? this.#prng.pick(['IOC', 'FOK'] as const)
        : 'GTC'
    const hides = limited && timeInForce === 'GTC' && this.#has('ICEBERG') && this.#prng.chance(0.4)
    const byQuote = orderType === 'MARKET' && this.#has('MARKET_BY_QUOTE') && this.#prng.chance(0.5)
    const stopless = trails && this.#prng.chance(0.5)
    return {
      type: 'PlaceOrder',
      userId,
      wallet: 'SPOT',
      symbol,
      side,
      orderType,
      timeInForce,
      price: (limited ? this.#price(symbol, side) : 0) as Ticks,
      lots: (byQuote ? 0 : lots) as Lots,
      quoteQuantity: (byQuote ? this.#worth(symbol, lots) : 0n) as Amount,
      clientOrderId: this.#clientOrderId(),
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: false,
      selfTradePrevention: this.#prng.pick(this.#plan.modes),
      ...PLAIN,
      stopPrice: (isStop(orderType) && !stopless
        ? this.#stopPrice(symbol, orderType, side)
        : 0) as Ticks,
      trailingBips: trails ? this.#prng.pick([30, 50, 100, 400, 900]) : 0,
      icebergLots: (hides ? this.#prng.integer(1, lots) : 0) as Lots,
    }
  }

  /** The index of the third pair is seldom on a whole tick, and how it is rounded to trail by is no rule. */
  #mayTrail(symbol: SymbolIndex): boolean {
    return this.#has('TRAILING') && !(this.#has('STOP_BY_INDEX') && symbol === 2)
  }

  /** Above and below, of one side and quantity. */
  #pair(userId: UserId, symbol: SymbolIndex): PlaceOrder[] {
    const side = this.#side()
    const lots = this.#lots() as Lots
    const near = this.#prng.pick(['LIMIT_MAKER', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'] as const)
    const far = this.#prng.pick(['STOP_LOSS', 'STOP_LOSS_LIMIT'] as const)
    const reach = this.#plan.terrain.spread * this.#plan.terrain.stride
    const [above, below] = (side === 'SELL' ? [near, far] : [far, near]).map((type, place) => {
      const order = this.#order(userId, symbol, type, side)
      const away = 1 + this.#prng.below(reach)
      const off = this.#prng.chance(0.05) ? -away : away
      const price = this.#fit(this.#last(symbol) + (place === 0 ? off : -off)) as Ticks
      const icebergLots = Math.min(order.icebergLots, lots) as Lots
      const stopPrice = order.stopPrice > 0 ? price : order.stopPrice
      return type === 'LIMIT_MAKER'
        ? { ...order, lots, price, icebergLots }
        : { ...order, lots, stopPrice, icebergLots }
    })
    return [present(above, 'there are two'), present(below, 'there are two')]
  }

  #pending(userId: UserId, symbol: SymbolIndex): PlaceOrder {
    const order = this.#order(userId, symbol, this.#type(), this.#side())
    return order.quoteQuantity > 0n
      ? { ...order, quoteQuantity: 0n as Amount, lots: this.#lots() as Lots }
      : order
  }

  #type(): OrderType {
    const types: OrderType[] = ['LIMIT', 'LIMIT', 'LIMIT', 'LIMIT']
    if (this.#has('POST_ONLY')) types.push('LIMIT_MAKER')
    if (this.#has('MARKET')) types.push('MARKET')
    if (this.#has('STOP')) {
      types.push('STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT')
    }
    return this.#prng.pick(types)
  }

  #side(): Side {
    return this.#prng.pick(['BUY', 'SELL'])
  }

  #user(): UserId {
    return this.#prng.integer(1, this.#plan.users) as UserId
  }

  /** One symbol sees most of what happens. */
  #symbol(): SymbolIndex {
    return (this.#prng.chance(0.7) ? 0 : this.#prng.below(SYMBOLS)) as SymbolIndex
  }

  #lots(): number {
    return this.#prng.chance(0.1) ? this.#prng.integer(1, 60) : this.#prng.integer(1, 12)
  }

  #worth(symbol: SymbolIndex, lots: number): bigint {
    const { rules } = symbolOf(this.#market.state, symbol)
    const exact = BigInt(this.#last(symbol) * lots) * rules.quotePerTickLot
    return this.#prng.chance(0.5) ? exact : exact + BigInt(this.#prng.below(2_000_000))
  }

  #price(symbol: SymbolIndex, side: Side): number {
    const { spread, stride } = this.#plan.terrain
    // Somewhat to the passive side, so that books fill up.
    const lean = Math.round(spread * stride * 0.4) * (side === 'BUY' ? -1 : 1)
    return this.#fit(this.#near(this.#last(symbol)) + (this.#prng.chance(0.45) ? lean : 0))
  }

  /** Mostly where its price has not come yet. */
  #stopPrice(symbol: SymbolIndex, type: OrderType, side: Side): number {
    const { spread, stride } = this.#plan.terrain
    const away = 1 + this.#prng.below(spread * stride)
    const rise = stopCondition(type, side) === 'RISE'
    const wrong = this.#prng.chance(0.06)
    return this.#fit(this.#last(symbol) + (rise !== wrong ? away : -away))
  }

  #last(symbol: SymbolIndex): number {
    return lastPrice(symbolOf(this.#market.state, symbol)) ?? this.#plan.terrain.centre
  }

  #near(centre: number): number {
    const { spread, stride, centre: home } = this.#plan.terrain
    const around = this.#prng.chance(0.1) ? home : centre
    return this.#fit(around + this.#prng.integer(-spread, spread) * stride)
  }

  #fit(price: number): number {
    const outside = this.#has('TIGHT_FILTERS') && this.#prng.chance(0.02)
    const most = this.#plan.terrain.maximum + (outside ? 1 : 0)
    return Math.max(1, Math.min(most, price))
  }

  #clientOrderId(): string {
    return this.#has('SHARED_NAMES') ? `n${this.#prng.below(NAMES)}` : this.#name('o')
  }

  #name(kind: string): string {
    this.#names += 1
    return `${kind}${this.#names}`
  }

  #openOrder(): ModelOrder | null {
    const { open } = this.#market.state
    return open.length > 0 ? this.#prng.pick(open) : null
  }

  #reference(order: ModelOrder): OrderReference {
    if (this.#prng.chance(0.03)) return NOBODY
    return this.#prng.chance(0.5)
      ? { orderId: order.orderId, clientOrderId: order.name }
      : { orderId: null, clientOrderId: order.name }
  }

  #restriction(): CancelRestriction | null {
    const restricts = this.#has('CANCEL_RESTRICTIONS') && this.#prng.chance(0.4)
    return restricts ? this.#prng.pick(CANCEL_RESTRICTIONS) : null
  }

  #has(feature: FuzzFeature): boolean {
    return this.#plan.features.has(feature)
  }
}

type PlaceListNames = Pick<PlaceOrderList, 'userId' | 'symbol'> & {
  readonly id: number
  readonly name: string
}

const NOBODY: OrderReference = { orderId: null, clientOrderId: 'nobody' }

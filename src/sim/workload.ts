import { present } from '../core/assert.ts'
import type { Command, PlaceOrder } from '../core/domain/command.ts'
import { PLAIN } from '../core/domain/command.ts'
import type { AssetIndex, SymbolIndex, UserId } from '../core/domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../core/domain/ids.ts'
import { SELF_TRADE_PREVENTIONS, SIDE_EFFECTS, TIMES_IN_FORCE } from '../core/domain/order.ts'
import type { BalanceLine, RiskAnswer } from '../core/domain/question.ts'
import { isRefusal } from '../core/domain/question.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { WALLETS } from '../core/domain/wallet.ts'
import type { Amount } from '../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../core/money/price.ts'
import type { Rate } from '../core/money/rate.ts'
import { fairPrice, NO_QUOTE, quote } from '../sandbox/quote.ts'
import type { Prng } from '../server/feed/prng.ts'
import { IsolatedWorkload } from './isolated-workload.ts'
import { LendingActs } from './lending-acts.ts'
import type { Playground } from './playground.ts'

const USERS_MAX = 10
/** The first user quotes, the others do everything else. */
const MAKER = 1 as UserId
const START_PRICES = [1, 30_000, 2_000, 1] as const

type Act = (workload: Workload) => Command | null

/** Every kind of thing a user, the market or the clock can do, with its usual weight. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [2, (w) => w.newUser()],
  [3, (w) => w.stepTowardMargin()],
  [3, (w) => w.deposit()],
  [5, (w) => w.transfer()],
  [12, (w) => w.borrow()],
  [6, (w) => w.repay()],
  [30, (w) => w.order()],
  [6, (w) => w.cancel()],
  [1, (w) => w.cancelAll()],
  [3, (w) => w.cancelReplace()],
  [14, (w) => w.quote()],
  [12, (w) => w.drift()],
  [4, (w) => w.crash()],
  [12, (w) => w.priceAtTheEdge()],
  [1, (w) => w.losePrice()],
  [4, (w) => w.wait()],
  [1, (w) => w.standing()],
  [8, (w) => w.say()],
  [2, (w) => w.releaseOrRedeem()],
  [30, (w) => w.isolated()],
  [4, (w) => w.lending.supplyPool()],
  [4, (w) => w.lending.withdrawFromPool()],
  [1, (w) => w.lending.exchangeSmallDebts()],
  [1, (w) => w.lending.setVipLevel()],
  [1, (w) => w.lending.setInterestPayment()],
  [1, (w) => w.lending.setLending()],
  [0.3, (w) => ({ type: 'LiquidateAccount', userId: w.user(), pair: null })],
]

const DRIFT = 11

/**
 * Draws commands: mostly sensible ones, some at the exact limit of what is allowed or one unit past it. Each seed
 * has its own mix, so that no kind of command is drowned by the others in every run.
 */
export class Workload {
  readonly #session: Playground
  readonly #venue: Venue
  readonly #prng: Prng
  readonly #weights: readonly number[]
  /** By asset, in USDT. */
  readonly prices: number[] = [...START_PRICES]
  readonly lending: LendingActs
  /** Users who could trade on margin from the start. */
  readonly traders: UserId[] = []
  readonly #isSourced: boolean
  readonly #isolated: IsolatedWorkload
  #clientIds = 0

  constructor(session: Playground, venue: Venue, prng: Prng) {
    this.#session = session
    this.#venue = venue
    this.#prng = prng
    this.#isSourced = prng.chance(0.3)
    this.#isolated = new IsolatedWorkload(session, venue, prng, this)
    this.lending = new LendingActs(session, prng, this)
    this.#weights = ACTS.map(([weight, act]) => {
      // Prices always move again: an index that is lost for good leaves nothing to be seen.
      if (act !== ACTS[DRIFT]?.[1] && prng.chance(0.15)) return 0
      return weight * prng.pick([0.3, 1, 1, 3])
    })
  }

  /** Users who may trade on margin from the start, for most of what matters needs one; and books to trade in. */
  *opening(): Generator<Command> {
    yield this.#setPrices([1, 2, 3])
    yield* this.#undeclare()
    for (const { index } of this.#venue.symbols) yield this.#quoteOn(index)
    const last = this.#prng.integer(2, 7)
    for (let user = 2; user <= last; user += 1) {
      const userId = user as UserId
      const asset = this.asset()
      const amount = this.amountWorth(asset, 60_000)
      yield { type: 'CreateUser' }
      yield { type: 'Deposit', userId, wallet: 'SPOT', asset, amount }
      yield { type: 'BackdateFunding', userId, days: 8 }
      yield { type: 'SubmitKyc', userId }
      yield { type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'sim' }
      yield { type: 'AcceptDisclosure', userId, version: '1' }
      const pair = this.#pairOf(asset)
      const to = pair !== null && this.#prng.chance(0.4) ? { pair } : 'CROSS_MARGIN'
      yield { type: 'Transfer', userId, asset, amount, from: 'SPOT', to }
      this.traders.push(userId)
    }
  }

  /** In some runs prices come from sources alone, until one is declared. */
  *#undeclare(): Generator<Command> {
    if (!this.#isSourced) return
    for (const source of this.#venue.policy.indexPrice.sources) yield this.say(source.name)
    const prices = [1, 2, 3].map((asset) => [asset as AssetIndex, null] as const)
    yield { type: 'SetIndexPrices', prices }
  }

  /** The next command; time may have been moved on for it. */
  next(): Command {
    if (this.#prng.chance(0.3)) this.#session.at(this.#session.nowMs + this.#prng.below(20_000))
    for (;;) {
      const [, act] = ACTS[this.#prng.weighted(this.#weights)] ?? []
      const command = act?.(this) ?? null
      if (command !== null) return command
      // Nothing of that kind can be done now; the clock can always be told.
      if (this.#prng.chance(0.2)) return { type: 'AdvanceTime' }
    }
  }

  newUser(): Command | null {
    return this.#users < USERS_MAX ? { type: 'CreateUser' } : null
  }

  stepTowardMargin(): Command | null {
    const userId = this.user()
    const user = this.#session.ask('user', { userId })
    if (user === null) return null
    if (user.kyc === 'NONE' || this.#prng.chance(0.05)) return { type: 'SubmitKyc', userId }
    if (user.kyc === 'PENDING' || this.#prng.chance(0.03)) {
      const decision = this.#prng.pick([
        'APPROVED',
        'APPROVED',
        'APPROVED',
        'REJECTED',
        'REVOKED',
      ] as const)
      return { type: 'ReviewKyc', userId, decision, reason: 'simulated', reviewer: 'sim' }
    }
    if (user.disclosure === null) return { type: 'AcceptDisclosure', userId, version: '1' }
    if (user.mode === 'NONE' && this.#prng.chance(0.7)) {
      return this.#prng.chance(0.5)
        ? { type: 'BackdateFunding', userId, days: this.#prng.integer(1, 9) }
        : { type: 'SetMarginMode', userId, mode: 'CROSS' }
    }
    return { type: 'SetLeverage', userId, leverage: this.#prng.pick([3, 5]) }
  }

  deposit(): Command {
    const asset = this.asset()
    const usdt = this.#prng.pick([0, 50, 2_000, 2_000, 20_000, 60_000])
    const amount = this.amountWorth(asset, usdt)
    const wallet = this.#prng.pick(WALLETS)
    return { type: 'Deposit', userId: this.user(), wallet, asset, amount }
  }

  transfer(): Command | null {
    const userId = this.user()
    const from = this.#prng.pick(WALLETS)
    const inward = from !== 'CROSS_MARGIN' && this.#prng.chance(0.6)
    const to = inward ? 'CROSS_MARGIN' : this.#prng.pick(WALLETS)
    const line = this.#line(userId, from)
    if (line === null) return null
    const { asset } = line
    const max =
      from === 'CROSS_MARGIN' ? this.#session.ask('maxTransferable', { userId, asset }) : line.free
    const amount = this.near(typeof max === 'bigint' ? max : line.free)
    return { type: 'Transfer', userId, asset, amount, from, to }
  }

  borrow(): Command {
    const userId = this.user()
    const asset = this.asset()
    const max = this.#session.ask('maxBorrowable', { userId, asset })
    const amount = isRefusal(max) ? this.amountWorth(asset, 100) : this.near(max.amount)
    return { type: 'Borrow', pair: null, userId, asset, amount }
  }

  repay(): Command | null {
    const userId = this.user()
    const lines = this.#session.ask('balances', { userId, wallet: 'CROSS_MARGIN' })
    const owing = lines.filter(({ borrowed, interest }) => borrowed + interest > 0n)
    if (owing.length === 0) return null
    const { asset, borrowed, interest } = this.#prng.pick(owing)
    return {
      type: 'Repay',
      pair: null,
      userId,
      asset,
      amount: this.near((borrowed + interest) as Amount),
    }
  }

  order(): Command | null {
    const prng = this.#prng
    const symbol = prng.pick(this.#venue.symbols)
    const fair = this.#fairTicks(symbol)
    const market = prng.chance(0.35)
    const price = Math.max(1, Math.round(fair * prng.pick([0.9, 0.99, 0.999, 1, 1.001, 1.01, 1.1])))
    const byQuote = market && prng.chance(0.3)
    const usdt = prng.pick([30, 400, 5_000, 5_000, 30_000, 150_000])
    const cross = prng.chance(0.75)
    const place: PlaceOrder = {
      type: 'PlaceOrder',
      userId: this.user(),
      wallet: cross ? 'CROSS_MARGIN' : 'SPOT',
      symbol: symbol.index,
      side: prng.pick(['BUY', 'SELL']),
      orderType: market ? 'MARKET' : prng.pick(['LIMIT', 'LIMIT_MAKER']),
      timeInForce: market ? 'GTC' : prng.pick(TIMES_IN_FORCE),
      price: (market ? 0 : price) as Ticks,
      lots: (byQuote ? 0 : this.#lotsWorth(symbol, usdt)) as Lots,
      quoteQuantity: byQuote ? this.amountWorth(symbol.quote, usdt) : (0n as Amount),
      ...PLAIN,
      clientOrderId: this.#clientId(),
      sideEffect: cross ? prng.pick(SIDE_EFFECTS) : 'NO_SIDE_EFFECT',
      autoRepayAtCancel: prng.chance(0.8),
      selfTradePrevention: prng.pick(SELF_TRADE_PREVENTIONS),
    }
    return place.orderType === 'LIMIT_MAKER' ? { ...place, timeInForce: 'GTC' } : place
  }

  cancel(): Command | null {
    const open = this.#openOrder()
    if (open === null) return null
    const { userId, wallet, symbol, id, clientOrderId } = open
    if (wallet === 'FUNDING') return null
    const byId = this.#prng.chance(0.5)
    const order = byId ? { orderId: id, clientOrderId: null } : { orderId: null, clientOrderId }
    return { type: 'CancelOrder', userId, wallet, symbol, order, restriction: null }
  }

  cancelAll(): Command {
    const wallet = this.#prng.pick(['SPOT', 'CROSS_MARGIN'] as const)
    const symbol = this.#prng.pick(this.#venue.symbols).index
    return { type: 'CancelAllOrders', userId: this.user(), wallet, symbol }
  }

  cancelReplace(): Command | null {
    const place = this.order()
    const open = this.#openOrder()
    if (place?.type !== 'PlaceOrder' || open === null || open.wallet === 'FUNDING') return null
    const mode = this.#prng.pick(['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const)
    const { userId, wallet, symbol } = open
    const sideEffect = wallet === 'SPOT' ? 'NO_SIDE_EFFECT' : place.sideEffect
    return {
      type: 'CancelReplace',
      cancel: { orderId: open.id, clientOrderId: null },
      mode,
      restriction: null,
      place: { ...place, userId, wallet, symbol, sideEffect },
    }
  }

  quote(): Command {
    return this.#quoteOn(this.#prng.pick(this.#venue.symbols).index)
  }

  #quoteOn(index: SymbolIndex): Command {
    const symbol = present(this.#venue.symbols[index], 'a quote is on a symbol of the venue')
    const [base, quoted] = [this.#indexPrice(symbol.base), this.#indexPrice(symbol.quote)]
    const fair = fairPrice(symbol, base, quoted)
    const settings = {
      spreadBps: this.#prng.pick([5, 20, 200]),
      depthUsdt: this.#prng.pick([500, 20_000, 300_000]),
      levels: this.#prng.integer(1, 6),
      skew: this.#prng.between(-1, 1),
    }
    const gone = fair === null || this.#prng.chance(0.1)
    const levels = gone ? NO_QUOTE : quote(symbol, fair, quoted, settings)
    return { type: 'MassQuote', userId: MAKER, symbol: symbol.index, ...levels }
  }

  drift(): Command {
    for (const asset of [1, 2]) this.#move(asset, 1 + this.#prng.normal() * 0.01)
    this.#move(3, 1 + this.#prng.normal() * 0.0005)
    return this.#isSourced ? this.say() : this.#setPrices([1, 2, 3])
  }

  crash(): Command {
    const asset = this.#prng.pick([1, 2])
    this.#move(asset, this.#prng.pick([0.5, 0.7, 0.85, 0.92, 1.08, 1.3, 1.8]))
    return this.#setPrices([asset])
  }

  /** Moves an index to exactly where an account is liquidated, or one unit before or past it. */
  priceAtTheEdge(): Command | null {
    const userId = this.user()
    return this.priceAtEdgeOf(this.#session.ask('risk', { userId }))
  }

  priceAtEdgeOf({ contributions }: RiskAnswer): Command | null {
    const edges = contributions.filter(({ liquidationPrice }) => liquidationPrice !== null)
    if (edges.length === 0) return null
    const { asset, liquidationPrice } = this.#prng.pick(edges)
    const edge =
      BigInt((liquidationPrice ?? '').replace('.', '')) + BigInt(this.#prng.integer(-1, 1))
    const start = START_PRICES[asset] ?? 1
    const price = Number(edge) / 1e8
    // A price far from any other says more about the venue's limits than about its rules.
    if (asset === this.#venue.usdt || price < start / 20 || price > start * 20) return null
    this.prices[asset] = price
    return { type: 'SetIndexPrices', prices: [[asset, edge as IndexPrice]] }
  }

  losePrice(): Command {
    return { type: 'SetIndexPrices', prices: [[this.#prng.pick([1, 2, 3]) as AssetIndex, null]] }
  }

  /** One source tells its prices: mostly near to what they are, sometimes far off, so that others disagree with it. */
  say(source = this.#source()): Command {
    const far = this.#prng.chance(0.2) ? this.#prng.pick([0.8, 0.94, 1.06, 1.25]) : 1
    const prices = [1, 2, 3].map((asset) => {
      const price = (this.prices[asset] ?? 1) * far * (1 + this.#prng.normal() * 0.004)
      const atoms = BigInt(Math.max(1, Math.round(price * 1e8)))
      return [asset as AssetIndex, atoms as IndexPrice] as const
    })
    return { type: 'SetSourcePrices', source, prices }
  }

  /** Another ratio for what is redeemed; refused where the asset has an index of its own. */
  #redeem(): Command {
    const ratio = BigInt(this.#prng.integer(950, 1_050)) * 10n ** 9n
    return { type: 'SetRedemptionRatio', asset: 3 as AssetIndex, ratio: ratio as Rate }
  }

  #source(): string {
    return this.#prng.pick(this.#venue.policy.indexPrice.sources).name
  }

  releaseOrRedeem(): Command {
    return this.#prng.chance(0.5) ? this.#release() : this.#redeem()
  }

  #release(): Command {
    const asset = this.#prng.pick([1, 2, 3]) as AssetIndex
    return { type: 'ReleaseIndex', asset, reason: 'simulated', author: 'sim' }
  }

  wait(): Command {
    const ms = this.#prng.pick([1_000, 61_000, HOUR_MS / 2, HOUR_MS, 5 * HOUR_MS, DAY_MS])
    this.#session.at(this.#session.nowMs + ms)
    return { type: 'AdvanceTime' }
  }

  standing(): Command {
    const mode = this.#prng.pick(['NONE', 'CROSS', 'ISOLATED'] as const)
    return { type: 'SetMarginMode', userId: this.user(), mode }
  }

  isolated(): Command | null {
    return this.#isolated.next()
  }

  /** A pair that the asset is base or quote of. */
  #pairOf(asset: AssetIndex): SymbolIndex | null {
    const pairs = this.#venue.symbols.filter(({ base, quote }) => base === asset || quote === asset)
    return pairs.length === 0 ? null : this.#prng.pick(pairs).index
  }

  get #users(): number {
    return this.#session.ask('status', {}).users
  }

  /** Whoever acts next. */
  user(): UserId {
    if (this.traders.length > 0 && this.#prng.chance(0.85)) return this.#prng.pick(this.traders)
    return this.#prng.integer(2, Math.max(2, this.#users)) as UserId
  }

  asset(): AssetIndex {
    return this.#prng.below(this.#venue.assets.length) as AssetIndex
  }

  #clientId(): string {
    if (this.#prng.chance(0.02)) return 'twice'
    this.#clientIds += 1
    return `sim-${this.#clientIds}`
  }

  #line(userId: UserId, wallet: (typeof WALLETS)[number]): BalanceLine | null {
    const held = this.#session.ask('balances', { userId, wallet }).filter(({ free }) => free > 0n)
    return held.length === 0 ? null : this.#prng.pick(held)
  }

  #openOrder() {
    const userId = this.user()
    const wallet = this.#prng.pick(['SPOT', 'CROSS_MARGIN'] as const)
    const open = this.#session.ask('openOrders', {
      userId,
      wallet,
      symbol: null as SymbolIndex | null,
    })
    return open.length === 0 ? null : this.#prng.pick(open)
  }

  /** An amount at, just past or somewhere below a limit. */
  near(limit: Amount): Amount {
    const part = (limit * BigInt(this.#prng.integer(1, 99))) / 100n
    return this.#prng.pick([limit, limit, limit + 1n, limit - 1n, part, part, part, part]) as Amount
  }

  amountWorth(asset: AssetIndex, usdt: number): Amount {
    const whole = (usdt * this.#prng.between(0.5, 1.5)) / (this.prices[asset] ?? 1)
    return BigInt(Math.round(whole * 1e8)) as Amount
  }

  #lotsWorth(symbol: TradingSymbol, usdt: number): number {
    const base = Number(this.amountWorth(symbol.base, usdt))
    return Math.max(1, Math.round(base / Number(symbol.stepSize)))
  }

  #fairTicks(symbol: TradingSymbol): number {
    const ratio = (this.prices[symbol.base] ?? 1) / (this.prices[symbol.quote] ?? 1)
    return (ratio * 1e8) / Number(symbol.tickSize)
  }

  #indexPrice(asset: AssetIndex): IndexPrice {
    return BigInt(Math.max(1, Math.round((this.prices[asset] ?? 1) * 1e8))) as IndexPrice
  }

  #move(asset: number, factor: number): void {
    const start = START_PRICES[asset] ?? 1
    const moved = (this.prices[asset] ?? start) * factor
    // Within a factor of eight of the start, so that amounts stay plausible for a whole run.
    this.prices[asset] = Math.min(start * 8, Math.max(start / 8, moved))
  }

  #setPrices(assets: readonly number[]): Command {
    const prices = assets.map(
      (asset) => [asset as AssetIndex, this.#indexPrice(asset as AssetIndex)] as const,
    )
    return { type: 'SetIndexPrices', prices }
  }
}

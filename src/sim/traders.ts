import { assert } from '../core/assert.ts'
import type { Command, PlaceOrder } from '../core/domain/command.ts'
import { PLAIN } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { SideEffect } from '../core/domain/order.ts'
import type { PositionAnswer } from '../core/domain/question.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { Amount } from '../core/money/amount.ts'
import { AMOUNT_SCALE } from '../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { createdUser } from '../sandbox/liquidity.ts'
import { fairPrice } from '../sandbox/quote.ts'
import type { Prng } from '../server/feed/prng.ts'
import type { Participant, Trader } from './population.ts'
import type { Session } from './session.ts'

/** Margin level under which a panicker closes at its next look. */
const PANIC_LEVEL = 1.18
/** Margin level above which an adder adds. */
const ADD_LEVEL = 1.35
/** Full weeks that funds are dated back: past the gate of rules E3 and E4. */
const BACKDATED_DAYS = 8

/** Acts for the population through the same commands that any user sends. */
export class Traders {
  readonly #session: Session
  readonly #venue: Venue
  readonly #prng: Prng
  readonly #participants: Participant[] = []
  readonly #byUser = new Map<UserId, Participant>()
  readonly #backed = new Set<UserId>()
  readonly refusals = new Map<string, number>()
  #orders = 0

  constructor(session: Session, venue: Venue, prng: Prng) {
    this.#session = session
    this.#venue = venue
    this.#prng = prng
  }

  get participants(): readonly Participant[] {
    return this.#participants
  }

  /** Signs a trader up: KYC, disclosure, funds that have lain here for a week, cross margin. */
  join(trader: Trader): void {
    const userId = createdUser(this.#submit({ type: 'CreateUser' }))
    const amount = (BigInt(trader.deposit) * AMOUNT_SCALE) as Amount
    const asset = this.#venue.usdt
    const steps: Command[] = [
      { type: 'Deposit', userId, wallet: 'SPOT', asset, amount },
      { type: 'BackdateFunding', userId, days: BACKDATED_DAYS },
      { type: 'SubmitKyc', userId },
      { type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'replay' },
      {
        type: 'AcceptDisclosure',
        userId,
        version: this.#venue.policy.disclosureVersion,
      },
      { type: 'SetMarginMode', userId, mode: 'CROSS' },
      { type: 'Transfer', userId, asset, amount, from: 'SPOT', to: 'CROSS_MARGIN' },
    ]
    for (const step of steps) {
      const { refusal } = this.#submit(step)
      assert(refusal === null, `a trader of a replay may trade on margin: ${refusal?.reason}`)
    }
    const participant = { ...trader, userId }
    this.#participants.push(participant)
    this.#byUser.set(userId, participant)
  }

  /** Opens one of a participant's planned positions; false when there is no price for it yet. */
  open(participant: Participant, pair: number, prices: readonly (IndexPrice | null)[]): boolean {
    const planned = participant.pairs[pair]
    const symbol = this.#venue.symbols[planned?.symbol ?? -1]
    if (planned === undefined || symbol === undefined) return false
    const usdt = (participant.deposit * participant.gearing) / participant.pairs.length
    return this.#trade(participant.userId, symbol, planned.long, usdt, prices)
  }

  /** What a trader does on being told that its account is at its margin call (rule L5). */
  onMarginCall(userId: UserId): void {
    const participant = this.#byUser.get(userId)
    if (participant === undefined) return
    if (participant.temper === 'panicker') this.#closeAll(userId)
    if (participant.temper === 'reducer') this.#reduceLargest(userId, 0.5)
    if (participant.temper === 'backer' && !this.#backed.has(userId)) this.#back(participant)
  }

  /** A look at the account without being called: panic, or an addition to what is held. */
  review(participant: Participant, prices: readonly (IndexPrice | null)[]): void {
    const { userId, temper } = participant
    if (temper !== 'panicker' && temper !== 'adder') return
    const { standing } = this.#session.ask('marginAccount', { userId })
    const level = Number(standing.marginLevel)
    if (temper === 'panicker' && level < PANIC_LEVEL) this.#closeAll(userId)
    if (temper === 'adder' && level > ADD_LEVEL && this.#prng.chance(0.2)) {
      const planned = this.#prng.pick(participant.pairs)
      const symbol = this.#venue.symbols[planned.symbol]
      const usdt = participant.deposit * 0.08
      if (symbol !== undefined) this.#trade(userId, symbol, planned.long, usdt, prices)
    }
  }

  #trade(
    userId: UserId,
    symbol: TradingSymbol,
    long: boolean,
    usdt: number,
    prices: readonly (IndexPrice | null)[],
  ): boolean {
    const quotePrice = prices[symbol.quote] ?? null
    const fair = fairPrice(symbol, prices[symbol.base] ?? null, quotePrice)
    if (fair === null || quotePrice === null) return false
    const atoms = (BigInt(Math.round(usdt)) * AMOUNT_SCALE * INDEX_PRICE_SCALE) / quotePrice
    const lots = (atoms * INDEX_PRICE_SCALE) / (fair * symbol.quotePerTickLot)
    this.#order(userId, symbol, long, Number(lots), 'MARGIN_BUY')
    return true
  }

  #closeAll(userId: UserId): void {
    for (const position of this.#session.ask('positions', { userId }))
      this.#close(position, 1, userId)
  }

  #reduceLargest(userId: UserId, share: number): void {
    const positions = this.#session.ask('positions', { userId })
    const margin = (position: PositionAnswer): bigint => position.initialMargin ?? 0n
    const largest = [...positions].sort((a, b) => (margin(b) > margin(a) ? 1 : -1))[0]
    if (largest !== undefined) this.#close(largest, share, userId)
  }

  #close(position: PositionAnswer, share: number, userId: UserId): void {
    const symbol = this.#venue.symbols[position.symbol]
    if (symbol === undefined) return
    const whole = Number(position.quantity / symbol.stepSize)
    const lots = Math.floor(whole * share)
    this.#order(userId, symbol, position.side === 'SHORT', lots, 'AUTO_REPAY')
  }

  #back(participant: Participant): void {
    const { userId } = participant
    const asset = this.#venue.usdt
    const amount = (BigInt(Math.round(participant.deposit * 0.3)) * AMOUNT_SCALE) as Amount
    this.#backed.add(userId)
    this.#submit({ type: 'Deposit', userId, wallet: 'SPOT', asset, amount })
    this.#submit({ type: 'Transfer', userId, asset, amount, from: 'SPOT', to: 'CROSS_MARGIN' })
  }

  #order(
    userId: UserId,
    symbol: TradingSymbol,
    buys: boolean,
    lots: number,
    sideEffect: SideEffect,
  ): void {
    if (lots < symbol.minimumLots) return
    this.#orders += 1
    const order: PlaceOrder = {
      type: 'PlaceOrder',
      userId,
      wallet: 'CROSS_MARGIN',
      symbol: symbol.index as SymbolIndex,
      side: buys ? 'BUY' : 'SELL',
      orderType: 'MARKET',
      timeInForce: 'GTC',
      price: 0 as Ticks,
      lots: Math.min(lots, symbol.marketMaximumLots) as Lots,
      quoteQuantity: 0n as Amount,
      ...PLAIN,
      clientOrderId: `replay-${this.#orders}`,
      sideEffect,
      autoRepayAtCancel: true,
      selfTradePrevention: 'EXPIRE_MAKER',
    }
    this.#submit(order)
  }

  #submit(command: Command): Outcome {
    const outcome = this.#session.submit(command)
    if (outcome.refusal !== null) {
      const { reason } = outcome.refusal
      this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1)
    }
    return outcome
  }
}

import type { SequencedCommand } from '../core/domain/command.ts'
import type { Event, Outcome } from '../core/domain/event.ts'
import type { AssetIndex } from '../core/domain/ids.ts'
import { HOUR_MS } from '../core/domain/ids.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { AuditBalances } from './audit-balances.ts'
import { AuditCredit } from './audit-credit.ts'
import { AuditFees, FUND_USER_ID } from './audit-fees.ts'
import { AuditIndexes } from './audit-indexes.ts'
import { AuditLiquidations } from './audit-liquidations.ts'
import { AuditOrders } from './audit-orders.ts'
import { AuditPolicies } from './audit-policies.ts'
import { AuditPools } from './audit-pools.ts'
import { AuditWarnings } from './audit-warnings.ts'
import { compareLedgers } from './compare-ledgers.ts'

export interface AuditResult {
  readonly ok: boolean
  readonly commands: number
  readonly events: number
  readonly stateHash: string
  /** What does not hold, earliest first, at most `VIOLATIONS_MAX`. */
  readonly violations: readonly string[]
}

const VIOLATIONS_MAX = 100
const RATE_SCALE = 10n ** 12n
/** Every account is measured against its liquidation level at one in so many commands that set prices. */
const SWEEP_ONE_IN = 32

/**
 * Follows commands and events with a model of its own and says where the two disagree.
 *
 * The model knows only what events say happened: it adds up deposits, transfers, trades, loans and interest in plain
 * integers, and compares each balance that the engine announces. It uses no function of the engine, the ledger, the
 * margin rules or the risk rules.
 */
export class Auditor {
  readonly #violations: string[] = []
  #commands = 0
  #events = 0
  #lastMs = 0
  #nowMs = 0
  #venue: Venue | null = null
  #balances = new AuditBalances(0)
  #orders: AuditOrders | null = null
  #liquidations: AuditLiquidations | null = null
  #fees: AuditFees | null = null
  #pools: AuditPools | null = null
  #credit: AuditCredit | null = null
  #policies: AuditPolicies | null = null
  #warnings: AuditWarnings | null = null
  #prices: (bigint | null)[] = []
  #indexes: AuditIndexes | null = null
  /** Deposited from outside, by asset, the venue's own start included. */
  #deposited: bigint[] = []
  #lastTransactionId = 0
  /** The latest loan. */
  #lent = 0n
  #priceCommands = 0
  /** Accounts stand under a new policy. */
  #sweepDue = false

  get violations(): readonly string[] {
    return this.#violations
  }

  observe(sequenced: SequencedCommand, outcome: Outcome): void {
    const { sequence, timestampMs, command } = sequenced
    if (sequence !== this.#commands + 1) this.#report(`sequence ${sequence} is not the next`)
    if (outcome.sequence !== sequence) this.#report('the outcome has another sequence')
    if (timestampMs < this.#lastMs) this.#report('time runs backwards')
    this.#commands += 1
    // A command that was set aside did not happen; not even time passed.
    if (outcome.refusal?.reason === 'internal_error') return
    this.#nowMs = timestampMs
    let due: number | null = null
    let charged = 0
    for (const event of outcome.events) {
      this.#events += 1
      // Orders that age or are counted down before the hour may repay debts: it is at the hour that they count.
      if (isOfHour(event)) due ??= this.#balances.debts
      this.#follow(event)
      if (event.type === 'InterestCharged' && event.kind === 'PERIODIC') charged += 1
    }
    if (this.#passesOneHour(timestampMs) && (due ?? this.#balances.debts) !== charged) {
      this.#report(`I1 ${charged} interest charges at the hour instead of ${due}`)
    }
    this.#lastMs = timestampMs
    if (outcome.refusal !== null) this.#checkRefused(outcome)
    this.#orders?.afterCommand()
    this.#fees?.afterCommand()
    this.#pools?.afterCommand()
    this.#indexes?.afterCommand(command, timestampMs)
    if (command.type === 'SetIndexPrices' || command.type === 'SetSourcePrices') {
      this.#priceCommands += 1
      this.#sweepDue ||= this.#priceCommands % SWEEP_ONE_IN === 0
    }
    if (this.#sweepDue) this.#sweep()
  }

  /** The last look, against the engine's own ledger. `stateHash` is handed through. */
  finish(state: ExchangeState, stateHash: string): AuditResult {
    const report = (violation: string): void => this.#report(violation)
    this.#liquidations?.sweep(this.#goodPrices(), report)
    if (this.#orders !== null && this.#venue !== null) {
      if (this.#orders.size !== state.orders.size) report('V4 other orders are open')
      this.#pools?.compare(state)
      compareLedgers(state, this.#venue, this.#balances, this.#orders, this.#deposited, report)
      this.#fees?.compare(state)
    }
    return {
      ok: this.#violations.length === 0,
      commands: this.#commands,
      events: this.#events,
      stateHash,
      violations: this.#violations,
    }
  }

  #report(violation: string): void {
    if (this.#violations.length < VIOLATIONS_MAX) {
      this.#violations.push(`command ${this.#commands}: ${violation}`)
    }
  }

  /** Whether exactly one full hour lies between the last command and this one. */
  #passesOneHour(timestampMs: number): boolean {
    const hours = Math.floor(timestampMs / HOUR_MS) - Math.floor(this.#lastMs / HOUR_MS)
    return hours === 1 && this.#venue !== null
  }

  #checkRefused(outcome: Outcome): void {
    for (const { type } of outcome.events) {
      if (type === 'Deposited' || type === 'Transferred' || type === 'MarginModeChanged') {
        this.#report(`a command was refused and yet ${type}`)
      }
    }
  }

  #sweep(): void {
    this.#sweepDue = false
    const prices = this.#goodPrices()
    this.#liquidations?.sweep(prices, (violation) => this.#report(violation))
    this.#warnings?.sweep(prices, (userId) => this.#liquidations?.isRunning(userId) ?? false)
  }

  /** X3: without those that are contested or stale. */
  #goodPrices(): (bigint | null)[] {
    return this.#indexes?.goodPrices() ?? []
  }

  #follow(event: Event): void {
    if ('transactionId' in event) this.#checkTransaction(event.transactionId)
    this.#indexes?.follow(event, this.#nowMs)
    switch (event.type) {
      case 'VenueOpened':
        this.#open(parseVenue(event.document))
        break
      case 'UserCreated':
        this.#balances.openUser()
        this.#liquidations?.openUser(event.userId)
        this.#credit?.openUser(event.userId)
        break
      case 'IndexPricesSet':
        for (const [asset, price] of event.prices) this.#prices[asset] = price
        break
      case 'IsolatedAccountSet':
        this.#balances.openIsolated(event.userId, event.pair)
        break
      case 'LeverageChanged':
        this.#liquidations?.setLeverage(event.userId, event.leverage)
        this.#credit?.setLeverage(event.userId, event.leverage)
        break
      case 'BalanceChanged':
        this.#compare(event)
        break
      default:
        this.#pools?.follow(event)
        this.#followOrders(event)
        this.#followMoney(event)
        this.#followPolicy(event)
        break
    }
  }

  #followPolicy(event: Event): void {
    switch (event.type) {
      case 'WarningLevelsSet':
        this.#warnings?.set(event)
        break
      case 'LevelWarned':
        this.#warnings?.warned(event)
        break
      case 'PolicyChangeDrafted':
        this.#policies?.draft(event, this.#nowMs)
        break
      case 'PolicyChangeApproved':
        this.#policies?.approve(event)
        break
      case 'PolicyChangeWithdrawn':
      case 'PolicyChangeLapsed':
        this.#policies?.end(event.policyChangeId)
        break
      case 'PolicyChanged': {
        this.#policies?.enact(event, this.#nowMs)
        const venue = parseVenue(event.document)
        this.#venue = venue
        this.#sweepDue = true
        this.#orders?.changeVenue(venue)
        this.#fees?.changeVenue(venue)
        this.#liquidations?.changeVenue(venue)
        this.#pools?.changeVenue(venue)
        this.#credit?.changeVenue(venue)
        break
      }
      default:
        break
    }
  }

  #followOrders(event: Event): void {
    switch (event.type) {
      case 'OrderAccepted':
        this.#orders?.accept(event.order)
        break
      case 'OrderActivated':
        this.#orders?.activate(event.order)
        break
      case 'OrderAmended':
        this.#orders?.amend(event)
        break
      case 'OrderEnded':
        this.#orders?.end(event)
        break
      case 'OrderListChanged':
        this.#orders?.changeList(event)
        break
      case 'SelfTradePrevented':
        this.#orders?.prevent(event)
        break
      case 'TradeGroupSet':
        this.#orders?.prevention.setGroup(event.userId, event.tradeGroupId)
        break
      case 'SymbolStateChanged':
        this.#orders?.stops.setState(event.symbol, event.state)
        break
      default:
        break
    }
  }

  #open(venue: Venue): void {
    const report = (violation: string): void => this.#report(violation)
    this.#venue = venue
    this.#balances = new AuditBalances(venue.assets.length)
    this.#prices = venue.assets.map(() => null)
    this.#prices[venue.usdt] = 10n ** 8n
    this.#indexes = new AuditIndexes(venue, this.#balances, this.#nowMs, report)
    this.#orders = new AuditOrders(venue, this.#balances, () => this.#goodPrices(), report)
    this.#fees = new AuditFees(venue, report)
    this.#pools = new AuditPools(venue, this.#balances, this.#prices, report)
    this.#credit = new AuditCredit(venue, this.#balances, () => this.#goodPrices(), report)
    this.#policies = new AuditPolicies(venue.document, report)
    this.#warnings = new AuditWarnings(this.#balances, report)
    this.#liquidations = new AuditLiquidations(venue, this.#balances, this.#prices, report)
    this.#deposited = venue.assets.map(({ poolSupply }) => poolSupply)
    for (const [asset, sum] of venue.policy.insuranceFund) this.#deposit(asset, sum)
  }

  #deposit(asset: AssetIndex, sum: bigint): void {
    this.#deposited[asset] = (this.#deposited[asset] ?? 0n) + sum
  }

  #followMoney(event: Event): void {
    const balances = this.#balances
    switch (event.type) {
      case 'Deposited':
        this.#deposit(event.asset, event.amount)
        balances.hold(balances.place(event.userId, event.wallet, event.asset), event.amount)
        break
      case 'Transferred': {
        const { userId, asset, amount, from, to } = event
        balances.hold(balances.placeNamed(userId, from, asset), -amount)
        balances.hold(balances.placeNamed(userId, to, asset), amount)
        if (from === 'CROSS_MARGIN') this.#credit?.left(userId)
        break
      }
      case 'LoanTaken': {
        const place = balances.marginPlace(event.userId, event.pair, event.asset)
        balances.hold(place, event.amount)
        balances.owe(place, event.amount)
        this.#lent = event.amount
        break
      }
      case 'LoanRepaid':
        this.#repay(event)
        break
      case 'InterestCharged':
        this.#charge(event)
        break
      case 'TradeExecuted':
        this.#trade(event)
        break
      case 'BalancesSampled':
        this.#fees?.hourPassed(event.hourMs)
        break
      case 'FeeTierChanged':
        this.#fees?.tierChanged(event)
        break
      case 'LiquidationStarted':
        this.#indexes?.checkStart(event)
        this.#liquidations?.start(event)
        break
      case 'LossRecovered':
        balances.hold(balances.placeNamed(event.userId, event.wallet, event.asset), -event.amount)
        this.#liquidations?.recover(event)
        break
      case 'LiquidationOrderClosed':
        this.#liquidations?.closeOrder(event)
        break
      case 'BufferExplained':
        this.#liquidations?.explain(event)
        break
      case 'LossShared':
        this.#liquidations?.shareLoss(event)
        break
      case 'LiquidationTakenOver':
        this.#liquidations?.takeOver(event)
        break
      case 'LiquidationFinished':
        this.#liquidations?.finish(event)
        break
      default:
        break
    }
  }

  #repay({
    userId,
    pair,
    asset,
    interest,
    principal,
  }: Extract<Event, { type: 'LoanRepaid' }>): void {
    const balances = this.#balances
    const place = balances.marginPlace(userId, pair, asset)
    if (principal > 0n && interest !== balances.interestAt(place)) {
      this.#report(`B6 user ${userId} repays principal before all interest`)
    }
    balances.hold(place, -interest - principal)
    balances.accrue(place, -interest)
    balances.owe(place, -principal)
  }

  #charge(event: Extract<Event, { type: 'InterestCharged' }>): void {
    const { userId, pair, asset, principal, interest, dailyRate, kind, chargedMs } = event
    const balances = this.#balances
    const place = balances.marginPlace(userId, pair, asset)
    const at = `I1 interest of user ${userId} on asset ${asset}`
    if (dailyRate !== this.#pools?.rates.for(userId, asset)) this.#report(`${at}: rate`)
    const due = (principal * dailyRate + 24n * RATE_SCALE - 1n) / (24n * RATE_SCALE)
    if (interest !== due) this.#report(`${at}: ${interest} instead of ${due}`)
    if (kind === 'ON_BORROW' && principal !== this.#lent) this.#report(`${at}: another loan`)
    if (kind === 'PERIODIC') {
      if (principal !== balances.principalAt(place)) this.#report(`${at}: another principal`)
      if (chargedMs % HOUR_MS !== 0) this.#report(`${at}: not at a full hour`)
    }
    if (event.paid === null) balances.accrue(place, interest)
    if (kind === 'ON_BORROW' && event.pair === null) this.#credit?.lent(userId)
  }

  #trade(event: Extract<Event, { type: 'TradeExecuted' }>): void {
    const symbol = this.#venue?.symbols[event.symbol]
    if (symbol === undefined || this.#venue === null) return
    this.#orders?.trade(event)
    const base = BigInt(event.lots) * symbol.stepSize
    for (const part of ['maker', 'taker'] as const) {
      const side = event[part]
      const buys = side.side === 'BUY'
      this.#fees?.check(side, part, buys ? base : event.quote, symbol)
      // What the insurance fund trades is the venue's own (rule Q12).
      if (side.userId === FUND_USER_ID) {
        this.#liquidations?.tradeOfFund(event, symbol)
        continue
      }
      const balances = this.#balances
      const baseChange = buys ? base - side.fee : -base
      const quoteChange = buys ? -event.quote : event.quote - side.fee
      const place = (asset: AssetIndex): number =>
        balances.place(side.userId, side.wallet, asset, symbol.index)
      balances.hold(place(symbol.base), baseChange)
      balances.hold(place(symbol.quote), quoteChange)
    }
    this.#fees?.note(event, symbol, this.#prices[symbol.quote] ?? null)
    if (event.liquidationId !== null) this.#liquidations?.trade(event, symbol)
  }

  /** The engine says how a balance stands: it must be what the facts so far add up to. */
  #compare(event: Extract<Event, { type: 'BalanceChanged' }>): void {
    const balances = this.#balances
    const place = balances.place(event.userId, event.wallet, event.asset, event.pair)
    const at = `balance of user ${event.userId}, ${event.wallet}, asset ${event.asset}`
    const held = event.free + event.locked
    if (held !== balances.heldAt(place)) {
      this.#report(`V1 ${at}: ${held} instead of ${balances.heldAt(place)}`)
    }
    if (event.locked !== (this.#orders?.lockedAt(place) ?? 0n)) this.#report(`V3 ${at}: locked`)
    if (event.borrowed !== balances.principalAt(place)) this.#report(`V7 ${at}: principal`)
    if (event.interest !== balances.interestAt(place)) this.#report(`V7 ${at}: interest`)
    if (event.free < 0n || event.locked < 0n || event.borrowed < 0n || event.interest < 0n) {
      this.#report(`V2 ${at}: negative`)
    }
  }

  #checkTransaction(transactionId: number): void {
    if (transactionId !== this.#lastTransactionId + 1) {
      this.#report(`transaction ${transactionId} is not the next`)
    }
    this.#lastTransactionId = transactionId
  }
}

/** Whether an event is of what happens at a full hour: every charge, then a sample. */
function isOfHour(event: Event): boolean {
  if (event.type === 'BalancesSampled') return true
  return event.type === 'InterestCharged' && event.kind === 'PERIODIC'
}

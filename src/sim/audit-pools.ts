import type { Event, EventOf } from '../core/domain/event.ts'
import type { AssetIndex, LiquidationId, SymbolIndex, UserId } from '../core/domain/ids.ts'
import { HOUR_MS } from '../core/domain/ids.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { VENUE_ACCOUNT } from '../core/ledger/chart.ts'
import type { AuditBalances } from './audit-balances.ts'
import { AuditRates } from './audit-rates.ts'

type Report = (violation: string) => void

const RATE_SCALE = 10n ** 12n
const PRICE_SCALE = 10n ** 8n
/** In place of a user's id. */
const VENUE = 0

interface Claim {
  amount: bigint
  /** The least that was there in the hour `hour`; in any later one all of it was. */
  least: bigint
  hour: number
}

/** A sum being divided among lenders: each one's weight when that began, and what each got or lost. */
interface Division {
  readonly kind: 'EARNED' | 'LOST'
  readonly asset: AssetIndex
  readonly atMs: number
  readonly weights: ReadonlyMap<number, bigint>
  readonly parts: Map<number, bigint>
  /** What is divided; null while only its parts are known. */
  readonly sum: bigint | null
}

/** Follows what every lender has in every pool, and how interest and losses are divided (rules B8 to B11, I2, V12). */
export class AuditPools {
  readonly rates: AuditRates
  #venue: Venue
  readonly #balances: AuditBalances
  readonly #prices: readonly (bigint | null)[]
  readonly #report: Report
  readonly #claims: readonly Map<number, Claim>[]
  /** The lenders' share of interest that users paid, less what was credited. The fund pays some besides. */
  readonly #due: bigint[]
  /** Which isolated account a liquidation is of; null: the cross account. */
  readonly #pairs = new Map<LiquidationId, SymbolIndex | null>()
  #division: Division | null = null

  constructor(
    venue: Venue,
    balances: AuditBalances,
    prices: readonly (bigint | null)[],
    report: Report,
  ) {
    this.#venue = venue
    this.#balances = balances
    this.#prices = prices
    this.#report = report
    this.rates = new AuditRates(venue, report)
    this.#due = venue.assets.map(() => 0n)
    this.#claims = venue.assets.map(
      ({ poolSupply }) => new Map([[VENUE, { amount: poolSupply, least: poolSupply, hour: -1 }]]),
    )
  }

  changeVenue(venue: Venue): void {
    this.#venue = venue
    this.rates.changeVenue(venue)
  }

  /** Comes before the balances follow the event. */
  follow(event: Event): void {
    switch (event.type) {
      case 'PoolClaimChanged':
        this.#change(event)
        break
      case 'LoanRepaid':
        this.#pay(event)
        break
      case 'InterestCharged':
        if (event.paid !== null) this.#payInBnb(event, event.paid)
        break
      case 'LiquidationStarted':
        this.#pairs.set(event.liquidationId, event.pair)
        break
      case 'LossRecovered':
        for (const [asset, sum] of event.toLenders) {
          this.#due[asset] = this.#dueOf(asset) + sum
        }
        break
      case 'LossShared':
        this.#shareLoss(event)
        break
      case 'SmallDebtExchanged':
        this.#exchange(event)
        break
      case 'InterestRateSet':
        this.rates.set(event)
        break
      case 'VipLevelSet':
        this.rates.setVipLevel(event.userId, event.vipLevel)
        break
      case 'FeeTierChanged':
        this.rates.setTier(event.userId, event.tier)
        break
      default:
        break
    }
  }

  /** I4: interest is paid in BNB at index prices less the discount, rounded up. */
  #payInBnb(
    event: EventOf<'InterestCharged'>,
    paid: NonNullable<EventOf<'InterestCharged'>['paid']>,
  ): void {
    const { userId, asset, interest } = event
    const { interestInBnb } = this.#venue.policy.lending
    const discount = interestInBnb?.discount ?? 0n
    const bnbPrice = (this.#prices[paid.asset] ?? 1n) * RATE_SCALE
    const worth = interest * (this.#prices[asset] ?? 0n) * (RATE_SCALE - discount)
    if (paid.asset !== interestInBnb?.asset || paid.amount !== (worth + bnbPrice - 1n) / bnbPrice) {
      this.#report(`I4 user ${userId} pays another sum than ${worth / bnbPrice}`)
    }
    this.#balances.hold(this.#balances.place(userId, 'CROSS_MARGIN', paid.asset), -paid.amount)
    this.#pay(event)
  }

  #pay({ asset, interest }: { asset: AssetIndex; interest: bigint }): void {
    this.#endDivision()
    const { lenders } = this.#venue.policy.interestSplit
    this.#due[asset] = (this.#due[asset] ?? 0n) + (interest * lenders) / RATE_SCALE
  }

  /** Q5: the principal that is written off must be lost by lenders, to the unit. */
  #shareLoss({ liquidationId, userId, asset, amount }: EventOf<'LossShared'>): void {
    this.#endDivision()
    const pair = this.#pairs.get(liquidationId) ?? null
    const interest = this.#balances.interestAt(this.#balances.marginPlace(userId, pair, asset))
    const principal = amount > interest ? amount - interest : 0n
    const claims = [...this.#claimsOf(asset)]
    const weights = new Map(claims.map(([lender, claim]) => [lender, claim.amount]))
    this.#division = { kind: 'LOST', asset, atMs: 0, weights, parts: new Map(), sum: principal }
  }

  /** B13: what is owed is bought for USDT from the fund, at index price rounded up. */
  #exchange({ userId, asset, amount, targetAmount }: EventOf<'SmallDebtExchanged'>): void {
    const place = this.#balances.place(userId, 'CROSS_MARGIN', asset)
    const usdt = this.#balances.place(userId, 'CROSS_MARGIN', this.#venue.usdt)
    const cost = (amount * (this.#prices[asset] ?? 0n) + PRICE_SCALE - 1n) / PRICE_SCALE
    if (amount !== this.#balances.owedAt(place)) this.#report(`B13 user ${userId} owes another sum`)
    if (targetAmount !== cost) this.#report(`B13 user ${userId} pays another price`)
    this.#balances.hold(usdt, -targetAmount)
    this.#balances.hold(place, amount)
  }

  #change(event: EventOf<'PoolClaimChanged'>): void {
    const { asset, amount, kind, changedMs, wallet } = event
    const lender = event.userId ?? VENUE
    const hour = Math.floor(changedMs / HOUR_MS)
    if (kind === 'EARNED') this.#earn(asset, lender, amount, changedMs)
    else if (kind === 'LOST') this.#part('LOST', asset, lender, amount)
    else this.#endDivision()

    const claim = this.#claimsOf(asset).get(lender) ?? { amount: 0n, least: 0n, hour }
    if (claim.hour !== hour) Object.assign(claim, { hour, least: claim.amount })
    const more = kind === 'SUPPLIED' || kind === 'EARNED'
    claim.amount += more ? amount : -amount
    // What is credited at the hour has been there for all of the next one.
    if (kind === 'EARNED') claim.least = claim.amount
    if (claim.least > claim.amount) claim.least = claim.amount
    this.#claimsOf(asset).set(lender, claim)
    if (claim.amount !== event.claim || claim.amount < 0n) {
      this.#report(`V12 lender ${lender} has ${claim.amount} of asset ${asset}, not ${event.claim}`)
    }
    if (wallet === null || event.userId === null) return
    const place = this.#balances.place(event.userId, wallet, asset)
    this.#balances.hold(place, kind === 'SUPPLIED' ? -amount : amount)
  }

  afterCommand(): void {
    this.#endDivision()
  }

  /** Against the engine's own pools and ledger. */
  compare(state: ExchangeState): void {
    for (const { index, code } of this.#venue.assets) {
      const { ledger } = state
      let sum = 0n
      for (const [lender, { amount }] of this.#claimsOf(index)) {
        sum += amount
        const own = state.pools.claim(index, lender as UserId)?.amount
        if (own !== amount) this.#report(`V12 lender ${lender} has another claim of ${code}`)
      }
      const held = ledger.free(VENUE_ACCOUNT.pool, index) + ledger.free(VENUE_ACCOUNT.loans, index)
      if (sum !== held) this.#report(`V12 the ${code} pool owes ${sum} and has ${held}`)
      if (ledger.free(VENUE_ACCOUNT.lendersDue, index) < (this.#due[index] ?? 0n)) {
        this.#report(`B10 less ${code} than lenders are due`)
      }
    }
  }

  #claimsOf(asset: AssetIndex): Map<number, Claim> {
    return this.#claims[asset] ?? new Map()
  }

  #earn(asset: AssetIndex, lender: number, amount: bigint, atMs: number): void {
    if (atMs % HOUR_MS !== 0) this.#report(`B10 lender ${lender} earns within an hour`)
    const running = this.#division
    if (running?.kind !== 'EARNED' || running.asset !== asset || running.atMs !== atMs) {
      this.#endDivision()
      const before = atMs / HOUR_MS - 1
      const weights = new Map<number, bigint>()
      for (const [each, claim] of this.#claimsOf(asset)) {
        weights.set(each, claim.hour === before ? claim.least : claim.amount)
      }
      this.#division = { kind: 'EARNED', asset, atMs, weights, parts: new Map(), sum: null }
    }
    this.#part('EARNED', asset, lender, amount)
  }

  #part(kind: Division['kind'], asset: AssetIndex, lender: number, amount: bigint): void {
    const running = this.#division
    if (running === null || running.kind !== kind || running.asset !== asset) {
      this.#report(`B11 lender ${lender} has part in nothing`)
      return
    }
    if (running.parts.has(lender)) this.#report(`B11 lender ${lender} has part twice`)
    running.parts.set(lender, amount)
  }

  #endDivision(): void {
    const division = this.#division
    this.#division = null
    if (division === null) return
    if (division.sum === null) this.#checkEarned(division)
    else this.#checkLost(division, division.sum)
  }

  /** Some sum must exist of which every part is the lender's share rounded down. */
  #checkEarned({ asset, weights, parts }: Division): void {
    const total = sumOf(weights.values())
    let atLeast = sumOf(parts.values())
    let below: bigint | null = null
    if (this.#dueOf(asset) > atLeast) atLeast = this.#dueOf(asset)
    for (const [lender, weight] of weights) {
      const part = parts.get(lender) ?? 0n
      if (weight === 0n) {
        if (part > 0n) this.#report(`B10 lender ${lender} earns with nothing lent all hour`)
        continue
      }
      const low = (part * total + weight - 1n) / weight
      const end = ((part + 1n) * total + weight - 1n) / weight
      if (low > atLeast) atLeast = low
      if (below === null || end < below) below = end
    }
    if (below === null || atLeast >= below)
      this.#report(`B10 asset ${asset} is not shared by claim`)
    const left = this.#dueOf(asset) - sumOf(parts.values())
    this.#due[asset] = left > 0n ? left : 0n
  }

  /** The parts are the loss, and none is a whole unit off its share. */
  #checkLost({ asset, weights, parts }: Division, loss: bigint): void {
    const total = sumOf(weights.values())
    if (sumOf(parts.values()) !== loss) this.#report(`B11 another sum of asset ${asset} is lost`)
    for (const [lender, weight] of weights) {
      const off = (parts.get(lender) ?? 0n) * total - loss * weight
      if (off >= total || -off >= total) {
        if (total > 0n) this.#report(`B11 lender ${lender} bears another part of asset ${asset}`)
      }
    }
  }

  #dueOf(asset: AssetIndex): bigint {
    return this.#due[asset] ?? 0n
  }
}

function sumOf(values: Iterable<bigint>): bigint {
  let sum = 0n
  for (const value of values) sum += value
  return sum
}

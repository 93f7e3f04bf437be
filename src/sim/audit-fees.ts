import type { EventOf, TradeSide } from '../core/domain/event.ts'
import type { AssetIndex, UserId } from '../core/domain/ids.ts'
import { DAY_MS } from '../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { VENUE_ACCOUNT } from '../core/ledger/chart.ts'
import type { Report } from './audit-order.ts'

/** No user: the insurance fund trades under this id (rule Q12), and no fee tier is kept for it. */
export const FUND_USER_ID = 0

const RATE_SCALE = 10n ** 12n
const VOLUME_DAYS = 30

interface Volume {
  /** Of the last full days, oldest first, and of the running one; 10⁻⁸ USDT. */
  days: bigint[]
  today: bigint
  tier: number
}

/** Rule T27: what a trade costs each side, and the tiers that follow from what users traded. */
export class AuditFees {
  #venue: Venue
  readonly #report: Report
  readonly #volumes = new Map<UserId, Volume>()
  /** What all trades together cost, by asset. */
  readonly #collected = new Map<AssetIndex, bigint>()
  /** A day was closed or the tiers changed, and whether everybody got their tier is yet to be seen. */
  #dayClosed = false

  constructor(venue: Venue, report: Report) {
    this.#venue = venue
    this.#report = report
  }

  /** Tiers are looked up anew: everybody must stand in the one of the new policy. */
  changeVenue(venue: Venue): void {
    this.#venue = venue
    this.#dayClosed = true
  }

  /** A full hour has passed. At midnight a day's volumes are closed, and tiers follow. */
  hourPassed(hourMs: number): void {
    if (hourMs % DAY_MS !== 0) return
    this.afterCommand()
    for (const volume of this.#volumes.values()) close(volume)
    this.#dayClosed = true
  }

  /** The fee must be what the user's tier or the symbol's own rates say, and in the asset received. */
  check(side: TradeSide, part: 'maker' | 'taker', received: bigint, symbol: TradingSymbol): void {
    const by = side.side === 'BUY' ? 'buyer' : 'seller'
    const { standard, tax, special } = symbol.fees
    const tier = this.#venue.policy.trading.feeTiers[this.#volumeOf(side.userId).tier]
    const own = standard === null ? (tier?.[part] ?? 0n) : standard[part] + standard[by]
    const rate = own + tax[part] + tax[by] + special[part] + special[by]
    const due = (received * rate + RATE_SCALE - 1n) / RATE_SCALE
    const asset = side.side === 'BUY' ? symbol.base : symbol.quote
    if (side.fee !== due || side.feeAsset !== asset)
      this.#report(`T27 order ${side.orderId} paid a fee of ${side.fee} instead of ${due}`)
    this.#collected.set(asset, (this.#collected.get(asset) ?? 0n) + side.fee)
  }

  /** V13: the venue's account of fees holds what all trades cost. */
  compare({ ledger }: ExchangeState): void {
    for (const { index, code } of this.#venue.assets) {
      const collected = this.#collected.get(index) ?? 0n
      const booked = ledger.free(VENUE_ACCOUNT.tradingFees, index)
      if (booked !== collected)
        this.#report(`V13 the venue has ${booked} of fees in ${code} instead of ${collected}`)
    }
  }

  /** Adds a trade to what both users traded. `price` is the quote asset's index; null: it counts for nothing. */
  note(trade: EventOf<'TradeExecuted'>, symbol: TradingSymbol, price: bigint | null): void {
    const ofUsdt = symbol.quote === this.#venue.usdt
    const worth = ofUsdt ? trade.quote : (trade.quote * (price ?? 0n)) / 10n ** 8n
    for (const { userId } of [trade.maker, trade.taker]) {
      if (userId !== FUND_USER_ID) this.#volumeOf(userId).today += worth
    }
  }

  tierChanged({ userId, tier, volume }: EventOf<'FeeTierChanged'>): void {
    const own = this.#volumeOf(userId)
    const sum = sumOf(own)
    if (volume !== sum) this.#report(`T27 user ${userId} traded ${sum}, not ${volume}`)
    if (tier !== this.#tierFor(sum)) this.#report(`T27 user ${userId} is not of tier ${tier}`)
    own.tier = tier
  }

  afterCommand(): void {
    if (!this.#dayClosed) return
    this.#dayClosed = false
    for (const [userId, volume] of this.#volumes)
      if (volume.tier !== this.#tierFor(sumOf(volume)))
        this.#report(`T27 user ${userId} is still of tier ${volume.tier}`)
  }

  #tierFor(sum: bigint): number {
    return this.#venue.policy.trading.feeTiers.findLastIndex(({ volume }) => sum >= volume)
  }

  #volumeOf(userId: UserId): Volume {
    const known = this.#volumes.get(userId)
    if (known !== undefined) return known
    const volume = { days: [], today: 0n, tier: 0 }
    this.#volumes.set(userId, volume)
    return volume
  }
}

function close(volume: Volume): void {
  volume.days.push(volume.today)
  volume.today = 0n
  if (volume.days.length > VOLUME_DAYS) volume.days.shift()
}

function sumOf({ days }: Volume): bigint {
  return days.reduce((sum, day) => sum + day, 0n)
}

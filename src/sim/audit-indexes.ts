import type { Command } from '../core/domain/command.ts'
import type { Event, EventOf } from '../core/domain/event.ts'
import type { AssetIndex } from '../core/domain/ids.ts'
import type { IndexStanding, Venue } from '../core/domain/venue.ts'
import type { AuditBalances } from './audit-balances.ts'

interface Said {
  readonly price: bigint
  readonly ms: number
}

/** An asset's index as the events tell it, and what it was made of. */
interface AuditIndex {
  declared: Said | null
  readonly said: (Said | null)[]
  price: bigint | null
  standing: IndexStanding
  isOverdue: boolean
  isReleased: boolean
  /** Rule X2, and since when. */
  ratio: bigint
  ratioMs: number
}

const RATE_SCALE = 10n ** 12n
const DAY_MS = 86_400_000n

/**
 * Checks index prices against rules X1 and X3 from what was declared and said alone. A median is found here by its
 * definition: the prices that have half of the weight on either side, and the middle of them.
 */
export class AuditIndexes {
  readonly #venue: Venue
  readonly #balances: AuditBalances
  readonly #report: (violation: string) => void
  readonly #indexes: AuditIndex[]

  constructor(
    venue: Venue,
    balances: AuditBalances,
    openedMs: number,
    report: (violation: string) => void,
  ) {
    this.#venue = venue
    this.#balances = balances
    this.#report = report
    this.#indexes = venue.assets.map(({ index, redemption }) => ({
      declared: null,
      said: venue.policy.indexPrice.sources.map(() => null),
      price: index === venue.usdt ? 10n ** 8n : null,
      standing: index === venue.usdt ? 'GOOD' : 'MISSING',
      isOverdue: false,
      isReleased: false,
      ratio: redemption?.ratio ?? 0n,
      ratioMs: openedMs,
    }))
  }

  /** Those that may be relied on: on the others nobody is liquidated and nothing is reserved. */
  goodPrices(): (bigint | null)[] {
    return this.#indexes.map(({ price, standing }) => (standing === 'GOOD' ? price : null))
  }

  follow(event: Event, nowMs: number): void {
    switch (event.type) {
      case 'IndexPricesSet':
        for (const [asset, price] of event.prices) this.#priced(this.#at(asset), price)
        break
      case 'SourcePricesSet':
        for (const [asset, price] of event.prices) {
          this.#at(asset).said[this.#placeOf(event.source)] = { price, ms: nowMs }
        }
        break
      case 'IndexStandingChanged':
        this.#stand(event)
        break
      case 'IndexReleased':
        for (const { index, redemption } of this.#venue.assets) {
          if (index === event.asset || redemption?.underlying === event.asset) {
            this.#at(index).isReleased = true
          }
        }
        break
      case 'RedemptionRatioSet':
        this.#redeem(event, nowMs)
        break
      default:
        break
    }
  }

  #priced(index: AuditIndex, price: bigint | null): void {
    index.price = price
    if (price === null) index.standing = 'MISSING'
    else if (index.standing === 'MISSING') index.standing = 'GOOD'
    if (index.standing === 'MISSING' || index.standing === 'GOOD') index.isOverdue = false
  }

  #stand({ asset, standing, isOverdue }: EventOf<'IndexStandingChanged'>): void {
    const index = this.#at(asset)
    index.standing = standing
    index.isOverdue = isOverdue
    if (standing === 'GOOD') index.isReleased = false
  }

  /** X2: what was asked, unless that is further than the ratio may have moved in the time. */
  #redeem({ asset, asked, ratio }: EventOf<'RedemptionRatioSet'>, nowMs: number): void {
    const index = this.#at(asset)
    const perDay = this.#venue.assets[asset]?.redemption?.movePerDayMax ?? 0n
    const most = index.ratio * perDay * BigInt(nowMs - index.ratioMs)
    const moved = (to: bigint) => (to > index.ratio ? to - index.ratio : index.ratio - to)
    const isAllowed = (to: bigint) => moved(to) * RATE_SCALE * DAY_MS <= most
    const further = ratio + (asked > ratio ? 1n : -1n)
    if (!isAllowed(ratio)) this.#report(`X2 ratio of asset ${asset} moves too fast, to ${ratio}`)
    if (ratio !== asked && isAllowed(further)) this.#report(`X2 ratio of asset ${asset} lags`)
    index.ratio = ratio
    index.ratioMs = nowMs
  }

  /** X3: nobody is liquidated on an index that is held, but after its time who is insolvent at any price said of it. */
  checkStart({ userId, pair }: EventOf<'LiquidationStarted'>): void {
    let best = 0n
    let isHeld = false
    for (const { index: asset } of this.#venue.assets) {
      const place = this.#balances.marginPlace(userId, pair, asset)
      const [held, owed] = [this.#balances.heldAt(place), this.#balances.owedAt(place)]
      if (held === 0n && owed === 0n) continue
      const index = this.#at(asset)
      const isRelied = index.standing === 'GOOD' || index.isReleased
      if (!isRelied && !index.isOverdue) {
        this.#report(
          `X3 user ${userId} is liquidated on asset ${asset}, which is ${index.standing}`,
        )
      }
      if (!isRelied) isHeld = true
      const worths = (isRelied ? [index.price ?? 0n] : pricesOf(index)).map(
        (price) => (held - owed) * price,
      )
      best += worths.reduce((most, worth) => (worth > most ? worth : most), worths[0] ?? 0n)
    }
    if (isHeld && best >= 0n) this.#report(`X3 user ${userId} is solvent at some source’s price`)
  }

  /** X1: after each command the index is what its sources make it, and its standing what rule X3 says. */
  afterCommand(command: Command, nowMs: number): void {
    if (command.type === 'SetIndexPrices') {
      for (const [asset, price] of command.prices) {
        this.#at(asset).declared = price === null ? null : { price, ms: nowMs }
      }
    }
    // The venue's own trades are sampled within a command; the model sees only its end.
    if (this.#venue.policy.indexPrice.ownTradesWeight !== null) return
    for (const { index: asset, redemption } of this.#venue.assets) {
      if (redemption !== null) this.#checkRedeemed(asset, redemption.underlying)
      else if (asset !== this.#venue.usdt) this.#check(asset, nowMs)
    }
  }

  #checkRedeemed(asset: AssetIndex, underlying: AssetIndex): void {
    const { price, standing } = this.#at(underlying)
    const index = this.#at(asset)
    const worth = price === null ? null : (index.ratio * price) / RATE_SCALE
    if (index.standing !== standing)
      this.#report(`X2 asset ${asset} stands otherwise than ${underlying}`)
    if (index.price !== worth) this.#report(`X2 asset ${asset} is at ${index.price}, not ${worth}`)
  }

  #check(asset: AssetIndex, nowMs: number): void {
    const index = this.#at(asset)
    const expected = this.#expected(index, nowMs)
    if (expected.standing !== index.standing) {
      this.#report(`X3 index of asset ${asset} is ${index.standing}, not ${expected.standing}`)
    }
    if (expected.price !== undefined && expected.price !== index.price) {
      this.#report(`X1 index of asset ${asset} is ${index.price}, not ${expected.price}`)
    }
  }

  /** No price: it stays where it last was. */
  #expected(index: AuditIndex, nowMs: number): { price?: bigint | null; standing: IndexStanding } {
    const { policy } = this.#venue
    const { sources, clampBand, silenceMaxMs, minimumLiveSources } = policy.indexPrice
    if (index.declared !== null) {
      const { price, ms } = index.declared
      return { price, standing: nowMs - ms > policy.indexPriceAgeMaxMs ? 'STALE' : 'GOOD' }
    }
    const live = index.said.flatMap((said, source) => {
      const weight = sources[source]?.weight ?? 0n
      return said !== null && nowMs - said.ms < silenceMaxMs ? [{ price: said.price, weight }] : []
    })
    const isEnough = live.length >= Math.min(minimumLiveSources, sources.length)
    if (live.length === 0 || !isEnough) {
      return { standing: index.price === null ? 'MISSING' : 'STALE' }
    }
    const weigh = (holds: (price: bigint) => boolean) =>
      live.reduce((sum, { price, weight }) => (holds(price) ? sum + weight : sum), 0n)
    const total = weigh(() => true)
    const halves = live
      .map(({ price }) => price)
      .filter((at) => weigh((p) => p <= at) * 2n >= total && weigh((p) => p >= at) * 2n >= total)
    const low = halves.reduce((least, price) => (price < least ? price : least))
    const high = halves.reduce((most, price) => (price > most ? price : most))
    const price = (low + high) / 2n
    const believed = weigh((at) => {
      const off = at > price ? at - price : price - at
      return off * RATE_SCALE <= price * clampBand
    })
    return { price, standing: believed * 2n > total ? 'GOOD' : 'CONTESTED' }
  }

  #placeOf(source: string): number {
    return this.#venue.policy.indexPrice.sources.findIndex(({ name }) => name === source)
  }

  #at(asset: number): AuditIndex {
    return this.#indexes[asset] as AuditIndex
  }
}

/** All that anybody said of an asset, and the index itself. */
function pricesOf({ declared, said, price }: AuditIndex): bigint[] {
  const prices = declared === null ? said.flatMap((each) => each?.price ?? []) : [declared.price]
  return price === null ? prices : [price, ...prices]
}

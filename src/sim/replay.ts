import { createHash } from 'node:crypto'
import { assert } from '../core/assert.ts'
import type { UserId } from '../core/domain/ids.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { VenueDocument } from '../core/domain/venue-document.ts'
import { encodeState } from '../core/engine/snapshot.ts'
import { formatDecimal } from '../core/money/decimal.ts'
import { RATE_SCALE } from '../core/money/rate.ts'
import type { Bar, Bars } from '../server/feed/bars.ts'
import { pathOf, STEPS_PER_BAR, stepTimeMs } from '../server/feed/bars.ts'
import { Prng } from '../server/feed/prng.ts'
import type { AuditResult } from './auditor.ts'
import { Auditor } from './auditor.ts'
import { MarketSide } from './market-side.ts'
import { drawTraders } from './population.ts'
import type { Sample } from './replay-series.ts'
import { ReplaySeries } from './replay-series.ts'
import { PriceBook, replayVenue } from './replay-venue.ts'
import type { Observer } from './session.ts'
import { Session } from './session.ts'
import { Traders } from './traders.ts'

export interface ReplaySettings {
  readonly bars: Bars
  readonly profile: VenueDocument
  readonly seed: number
  readonly accounts: number
  readonly quotePrices: ReadonlyMap<string, bigint>
  /** Told of every command as it is applied, for one who wants to keep them. */
  readonly observer?: Observer
  readonly onProgress?: (bar: number, bars: number) => void
}

/** What a replay came to. Amounts are decimal text in USDT; holds nothing that depends on the machine or the hour. */
export interface ReplayResult {
  readonly seed: number
  readonly policy: string
  readonly accounts: number
  readonly symbols: readonly string[]
  /** Codes, in the order of the series' prices. */
  readonly assets: readonly string[]
  readonly bars: number
  readonly commands: number
  readonly trades: number
  readonly from: string
  readonly to: string
  readonly liquidations: number
  readonly liquidatedAccounts: number
  readonly takenOver: number
  readonly marginCalls: number
  readonly valueLiquidated: string
  readonly clearanceFees: string
  readonly insuranceFundBefore: string
  readonly insuranceFund: string
  readonly badDebt: string
  readonly badDebtPaidByFund: string
  readonly badDebtSharedByLenders: string
  readonly refusals: Readonly<Record<string, number>>
  readonly stateHash: string
  readonly audit: AuditResult
  readonly series: readonly Sample[]
}

/** A participant's pair, by place, that is to be opened. */
interface Opening {
  readonly participant: number
  readonly pair: number
}

/** Points in the series, so that a report stays small however long the replay. */
const SAMPLES_MAX = 480
/** Share of the bars, and their most, over which the population opens its positions. */
const OPENING_SHARE = 0.05
const OPENING_BARS_MAX = 60
/** How soon makers fill a book up again in which a liquidation has traded, and how often between two prices. */
const REFILL_MS = 10_000
const REFILLS_MAX = 6
/** One trader in so many looks at its account in each bar. */
const REVIEW_ONE_IN = 200

/** Plays recorded bars through the engine with a market maker and a population of margin traders. */
export function replay(settings: ReplaySettings): ReplayResult {
  return new Replay(settings).run()
}

class Replay {
  readonly #settings: ReplaySettings
  readonly #session: Session
  readonly #venue: Venue
  readonly #prices: PriceBook
  readonly #market: MarketSide
  readonly #traders: Traders
  readonly #series: ReplaySeries
  readonly #auditor = new Auditor()
  readonly #prng: Prng
  /** By bar of the opening phase: which participants' which pairs open then. */
  readonly #openings: Opening[][]
  #called: UserId[] = []

  constructor(settings: ReplaySettings) {
    this.#settings = settings
    const { bars, seed, accounts } = settings
    const venue = replayVenue(bars, settings)
    this.#prng = new Prng(seed + 1_000_003)
    this.#prices = new PriceBook(venue.pairs, settings.quotePrices)
    this.#session = new Session(bars.bars[0]?.openMs ?? 0)
    this.#session.observe((sequenced, outcome) => this.#auditor.observe(sequenced, outcome))
    if (settings.observer !== undefined) this.#session.observe(settings.observer)
    this.#session.submit({ type: 'OpenVenue', document: venue.document })
    const opened = this.#session.state.venue
    assert(opened !== null, 'a replay has its venue')
    this.#venue = opened
    this.#series = new ReplaySeries(this.#session)
    this.#market = new MarketSide(this.#session, opened, venue.pairs, accounts)
    this.#traders = new Traders(this.#session, opened, this.#prng)
    this.#openings = this.#drawPopulation()
    this.#session.observe((_sequenced, outcome) => {
      for (const event of outcome.events) {
        if (event.type === 'MarginCalled') this.#called.push(event.userId)
      }
    })
  }

  run(): ReplayResult {
    const { bars } = this.#settings.bars
    const every = Math.max(1, Math.ceil(bars.length / SAMPLES_MAX))
    let fundBefore = 0n
    for (const [place, bar] of bars.entries()) {
      for (let step = 0; step < STEPS_PER_BAR; step += 1) {
        this.#play(bar, step)
        if (step === 0) this.#act(place)
      }
      if (place === 0) fundBefore = this.#series.insuranceFund(this.#market.prices)
      if (place % every === 0 || place === bars.length - 1) this.#sample()
      this.#settings.onProgress?.(place + 1, bars.length)
    }
    return this.#result(fundBefore)
  }

  #drawPopulation(): Opening[][] {
    const { seed, accounts, bars } = this.#settings
    const cap = this.#venue.policy.positionInitialMarginCap
    const { defaultLeverage } = this.#venue.policy
    const traders = drawTraders({
      seed,
      accounts,
      symbols: this.#venue.symbols.length,
      positionMax: cap === null ? null : (Number(cap) / Number(RATE_SCALE)) * defaultLeverage,
    })
    for (const trader of traders) this.#traders.join(trader)
    const share = Math.ceil(bars.bars.length * OPENING_SHARE)
    const openingBars = Math.max(1, Math.min(OPENING_BARS_MAX, share))
    const openings = Array.from({ length: openingBars }, (): Opening[] => [])
    for (const [participant, trader] of traders.entries()) {
      const bar = Math.floor(trader.opensAt * openingBars)
      for (const pair of trader.pairs.keys()) openings[bar]?.push({ participant, pair })
    }
    return openings
  }

  /** One step: the books move first, as makers see a price before an index does, then the index and with it risk. */
  #play(bar: Bar, step: number): void {
    for (const [place, candle] of bar.candles.entries()) {
      const price = candle === null ? undefined : pathOf(candle)[step]
      if (price !== undefined) this.#prices.set(place, price)
    }
    const { intervalMs } = this.#settings.bars
    this.#session.at(stepTimeMs(bar, step, intervalMs))
    const nextMs = step + 1 < STEPS_PER_BAR ? stepTimeMs(bar, step + 1, intervalMs) : 0
    const changed = this.#market.follow(this.#prices)
    this.#market.requote()
    // Unchanged prices are said again too: an index that is silent goes stale.
    const prices = this.#venue.assets.flatMap(({ index }) => {
      const price = this.#market.prices[index] ?? null
      return price === null || index === this.#venue.usdt ? [] : [[index, price] as const]
    })
    if (changed.length > 0 || step === 0) this.#session.submit({ type: 'SetIndexPrices', prices })
    this.#answerCalls()
    this.#awaitLiquidations(nextMs)
    if (step === STEPS_PER_BAR - 1) this.#session.submit({ type: 'AdvanceTime' })
  }

  /** While portfolios wait to be closed, makers come back to the books: what was taken out is quoted again. */
  #awaitLiquidations(untilMs: number): void {
    const { liquidations } = this.#session.state
    for (let pause = 0; pause < REFILLS_MAX && liquidations.size > 0; pause += 1) {
      if (this.#session.nowMs + REFILL_MS >= untilMs) return
      this.#session.at(this.#session.nowMs + REFILL_MS)
      this.#refill()
      this.#session.submit({ type: 'AdvanceTime' })
    }
  }

  /** Those told of a margin call act on it, after the step that caused it. */
  #answerCalls(): void {
    const called = this.#called
    this.#called = []
    for (const userId of called) {
      this.#traders.onMarginCall(userId)
      this.#refill()
    }
  }

  #act(place: number): void {
    for (const { participant, pair } of this.#openings[place] ?? []) {
      const trader = this.#traders.participants[participant]
      if (trader === undefined) continue
      this.#traders.open(trader, pair, this.#market.prices)
      this.#market.refill(trader.pairs[pair]?.symbol ?? -1)
    }
    if (place < this.#openings.length) return
    const { participants } = this.#traders
    for (let count = Math.ceil(participants.length / REVIEW_ONE_IN); count > 0; count -= 1) {
      this.#traders.review(this.#prng.pick(participants), this.#market.prices)
    }
  }

  #refill(): void {
    for (const { index } of this.#venue.symbols) this.#market.refill(index)
  }

  #sample(): void {
    this.#series.sample(this.#session.nowMs, this.#traders.participants, this.#market.prices)
  }

  #result(fundBefore: bigint): ReplayResult {
    const { seed, accounts, profile, bars } = this.#settings
    const { totals, samples } = this.#series
    const first = bars.bars[0]
    assert(first !== undefined, 'a replay has bars')
    const stateHash = createHash('sha256').update(encodeState(this.#session.state)).digest('hex')
    return {
      seed,
      policy: profile.policy.profile,
      accounts,
      symbols: this.#venue.symbols.map(({ symbol }) => symbol),
      assets: this.#venue.assets.map(({ code }) => code),
      bars: bars.bars.length,
      commands: this.#session.commands,
      trades: totals.trades,
      from: new Date(first.openMs).toISOString(),
      to: new Date(this.#session.nowMs).toISOString(),
      liquidations: totals.liquidations,
      liquidatedAccounts: totals.liquidatedUsers.size,
      takenOver: totals.takenOver,
      marginCalls: totals.marginCalls,
      valueLiquidated: usdtText(totals.valueLiquidated),
      clearanceFees: usdtText(totals.clearanceFees),
      insuranceFundBefore: usdtText(fundBefore),
      insuranceFund: usdtText(this.#series.insuranceFund(this.#market.prices)),
      badDebt: usdtText(totals.fundPaid + totals.lendersLost),
      badDebtPaidByFund: usdtText(totals.fundPaid),
      badDebtSharedByLenders: usdtText(totals.lendersLost),
      refusals: Object.fromEntries([...this.#traders.refusals].sort()),
      stateHash,
      audit: this.#auditor.finish(this.#session.state, stateHash),
      series: samples,
    }
  }
}

function usdtText(amount: bigint): string {
  return formatDecimal(amount, 8)
}

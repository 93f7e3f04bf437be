import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { Ledger } from '../ledger/ledger.ts'
import { addTo, pricesOf, rate, units } from '../margin/fixture.ts'
import { levelAtOrBelow } from '../margin/level.ts'
import { valueAccount } from '../margin/valuation.ts'
import type { IndexPrice } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { RULES, venue, Watch } from './watch-fixture.ts'

// A history: portfolios of plausible sizes, then steps that move prices, balances and levels.

const CODES = ['USDT', 'BTC', 'ETH', 'TOKEN'] as const
const PRICED = ['BTC', 'ETH', 'TOKEN'] as const
const START = { BTC: units('30000'), ETH: units('2000'), TOKEN: units('0.00001234') }
const LEVELS = ['1.1', '1.16', '1.3'].map(rate)

/** An amount worth up to so many USDT at the first prices. */
const worth = (code: (typeof CODES)[number], most: bigint) =>
  fc
    .bigInt(0n, most)
    .map((usdt) => (code === 'USDT' ? usdt * 10n ** 8n : (usdt * 10n ** 16n) / START[code]))
const sums = (most: bigint) =>
  fc.tuple(...CODES.map((code) => fc.oneof(worth(code, most), fc.constant(0n))))
const drawn = fc.record({
  held: sums(30_000n),
  owed: sums(15_000n),
  level: fc.constantFrom(...LEVELS),
})

const move = fc.record({
  kind: fc.constant('move' as const),
  // Each price by so many parts in 10,000, most of them little.
  parts: fc.tuple(
    ...PRICED.map(() =>
      fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }) },
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -4_000, max: 6_000 }) },
      ),
    ),
  ),
})
/** A price goes to where one account is at its level: just before, exactly, just past. */
const aim = fc.record({
  kind: fc.constant('aim' as const),
  account: fc.nat(99),
  asset: fc.constantFrom(...PRICED),
  beside: fc.integer({ min: -2, max: 2 }).map(BigInt),
})
const change = fc.record({
  kind: fc.constant('change' as const),
  account: fc.nat(99),
  asset: fc.nat(CODES.length - 1),
  bucket: fc.constantFrom('held', 'owed'),
  usdt: fc.bigInt(1n, 2_000n),
})
const relevel = fc.record({
  kind: fc.constant('relevel' as const),
  account: fc.nat(99),
  level: fc.constantFrom(...LEVELS),
})
const lose = fc.record({ kind: fc.constant('lose' as const), asset: fc.constantFrom(...PRICED) })
const step = fc.oneof(
  { weight: 12, arbitrary: move },
  { weight: 4, arbitrary: aim },
  { weight: 3, arbitrary: change },
  { weight: 1, arbitrary: relevel },
  { weight: 1, arbitrary: lose },
)

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Accounts, prices and levels, the list that watches them, and the exact scan over all beside it. */
class History {
  readonly ledger = new Ledger(venue.assets.length)
  readonly accounts: AccountId[]
  readonly levels: Rate[]
  readonly watch: Watch
  prices: (IndexPrice | null)[] = this.#start()

  constructor(accounts: readonly (typeof drawn extends fc.Arbitrary<infer D> ? D : never)[]) {
    this.accounts = accounts.map(({ held, owed }) => {
      const account = this.ledger.openAccount()
      for (const [place, code] of CODES.entries()) {
        addTo(this.ledger, account, venue, {
          [code]: { free: held[place]!, principal: owed[place]! },
        })
      }
      return account
    })
    this.levels = accounts.map(({ level: of }) => of)
    this.watch = new Watch(
      this.ledger,
      this.accounts,
      (account) => Number(this.#level(account)) / Number(RATE_SCALE),
    )
  }

  take(next: Step): void {
    const place = 'account' in next ? next.account % this.accounts.length : 0
    const account = this.accounts[place]!
    switch (next.kind) {
      case 'move':
        for (const [at, code] of PRICED.entries()) {
          const now = this.#priceOf(code) ?? START[code]
          const moved = (now * BigInt(10_000 + next.parts[at]!)) / 10_000n
          this.#set(code, moved < 1n ? 1n : moved)
        }
        return
      case 'aim':
        this.#aim(account, next.asset, next.beside)
        return
      case 'change': {
        const code = CODES[next.asset]!
        const sum = code === 'USDT' ? next.usdt * 10n ** 8n : (next.usdt * 10n ** 16n) / START[code]
        const what = next.bucket === 'held' ? { free: sum } : { principal: sum }
        addTo(this.ledger, account, venue, { [code]: what })
        this.watch.list.note(account)
        return
      }
      case 'relevel':
        this.levels[place] = next.level
        this.watch.list.note(account)
        return
      case 'lose':
        this.prices[this.#assetOf(next.asset)] = null
    }
  }

  /** Each account with debts whose exact level is at or below its own, in order. */
  breached(): AccountId[] {
    return this.accounts.filter((account) => {
      const { assets, debts } = valueAccount(this.ledger, account, venue, this.prices)
      return levelAtOrBelow(assets, debts, this.#level(account))
    })
  }

  /** Where T = k·D, by the price of one asset, were there such a price. */
  #aim(account: AccountId, code: (typeof PRICED)[number], beside: bigint): void {
    const asset = this.#assetOf(code)
    const k = this.#level(account)
    let others = 0n
    let own = 0n
    this.ledger.forEachHolding(account, (of, held, owed) => {
      const exposure = held * RATE_SCALE - k * owed
      if (of === asset) own = exposure
      else others += exposure * (this.prices[of] ?? 0n)
    })
    if (own === 0n) return
    const at = -others / own + beside
    if (at > 0n && at < units('10000000')) this.#set(code, at)
  }

  #level(account: AccountId): Rate {
    return this.levels[this.accounts.indexOf(account)]!
  }

  #assetOf(code: string): AssetIndex {
    return venue.assetByCode.get(code)!.index
  }

  #priceOf(code: string): bigint | null {
    return this.prices[this.#assetOf(code)] ?? null
  }

  #set(code: string, to: bigint): void {
    this.prices[this.#assetOf(code)] = to as IndexPrice
  }

  #start(): (IndexPrice | null)[] {
    return pricesOf(venue, { BTC: '30000', ETH: '2000', TOKEN: '0.00001234' })
  }
}

test('Q1 in any history the list finds each account that the exact scan over all finds, and lets none go that is near', {
  timeout: 120_000,
}, () => {
  let breaches = 0
  let measured = 0
  let left = 0
  fc.assert(
    fc.property(
      fc.array(drawn, { minLength: 1, maxLength: 12 }),
      fc.array(step, { minLength: 1, maxLength: 60 }),
      (accounts, steps) => {
        const history = new History(accounts)
        for (const next of steps) {
          history.take(next)
          const exact = history.breached()
          const review = history.watch.review(history.prices)
          const found = new Set(review.found)
          expect(found.size).toBe(review.found.length)
          expect(exact.filter((account) => !found.has(account))).toEqual([])
          for (const account of found) expect(history.watch.list.isDue(account, RULES)).toBe(true)
          breaches += exact.length
          measured += review.measured
          left += history.accounts.length - review.measured
        }
      },
    ),
    { numRuns: Number(process.env['WATCH_RUNS'] ?? 1_000) },
  )
  // The walk comes to the levels, and is for the most part not measured.
  expect(breaches).toBeGreaterThan(1_000)
  expect(left).toBeGreaterThan(measured / 2)
})

import { expect } from 'vitest'
import { present } from '../../../src/core/assert.ts'
import type { AssetIndex, UserId } from '../../../src/core/domain/ids.ts'
import { HOUR_MS } from '../../../src/core/domain/ids.ts'
import { apply } from '../../../src/core/engine/engine.ts'
import { decodeState, encodeState } from '../../../src/core/engine/snapshot.ts'
import { userOf } from '../../../src/core/engine/state.ts'
import type { TestExchange } from '../../../src/core/engine/test-exchange.ts'
import { all, amountOf } from '../../../src/core/engine/test-exchange.ts'
import { BUCKET, VENUE_ACCOUNT } from '../../../src/core/ledger/chart.ts'
import type { Amount } from '../../../src/core/money/amount.ts'
import { AMOUNT_DECIMALS } from '../../../src/core/money/amount.ts'
import { formatDecimal } from '../../../src/core/money/decimal.ts'
import { Prng } from '../../../src/server/feed/prng.ts'
import { claimOf } from '../../../src/server/sequencer/set-aside.ts'
import type { Incident } from './incident.ts'
import { KILL_SEED, plainVenue, withAsset } from './incident.ts'

const FUND = VENUE_ACCOUNT.insuranceFund

/** Who may go below zero, who is not liquidated, and what the public figure of the fund is: nobody, nobody, the ledger's. */
export const FTX: Incident = {
  code: 'S17',
  title: 'one account is exempt, and the fund’s public figure is invented',
  missing: null,
  without: [
    {
      rule: 'Q9 one function for every account',
      breaks: 'the same people are liquidated whoever they are',
      removed: ['levelsOf'],
    },
  ],
  play: (open) => {
    const order = Array.from({ length: 12 }, (_, person) => person)
    const fates = [order, [...order].reverse(), shuffled(order)].map((people) =>
      liquidatedAmong(open(plainVenue()), people),
    )
    const [first, ...others] = fates
    expect(first?.length).toBeGreaterThan(3)
    for (const fate of others) {
      expect(fate, 'the same people are liquidated whoever they are').toEqual(first)
    }
  },
}

function shuffled(people: readonly number[]): number[] {
  const prng = new Prng(KILL_SEED)
  const drawn = people.map((person) => ({ person, at: prng.unit() }))
  return drawn.sort((a, b) => a.at - b.at).map(({ person }) => person)
}

/** The same twelve people opened in the order given, so that each has another id every time. */
function liquidatedAmong(exchange: TestExchange, people: readonly number[]): number[] {
  exchange.prices({ BTC: '12000' })
  const maker = exchange.stranger({ SPOT: { BTC: '12' } })
  exchange.must(exchange.order(maker, 'SELL 12 BTCUSDT @ 12000', { wallet: 'SPOT' }))
  const personOf = new Map<UserId, number>()
  for (const person of people) {
    const userId = exchange.user({ CROSS_MARGIN: { BTC: (0.32 + 0.01 * person).toFixed(8) } })
    exchange.must(exchange.order(userId, 'BUY 1 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
    personOf.set(userId, person)
  }
  const { events } = exchange.prices({ BTC: '9500' })
  for (let n = 0; n < 7; n += 1) exchange.pass(10_000)
  const published = exchange.ask('insuranceFund', {})
  for (const { asset, free } of published)
    expect(free).toBe(exchange.state.ledger.free(FUND, asset))
  return all(events, 'LiquidationStarted').map(({ userId }) => personOf.get(userId) ?? -1)
}

/** A balance that no command changed is found before it can hurt anybody, and the journal heals it. */
export const RACE: Incident = {
  code: 'S15',
  title: 'a balance is wrong by one unit, and nobody has touched it since',
  missing:
    'cancelling alone until an operator looks: the state is made anew from the journal instead',
  without: [
    {
      rule: 'V3 accounts are rechecked by the clock',
      breaks: 'found within 1,000 commands',
      removed: ['recheckSome'],
    },
  ],
  play: (open) => {
    const exchange = open(plainVenue())
    const usdt = exchange.asset('USDT')
    exchange.prices({ BTC: '30000' })
    const people = Array.from({ length: 100 }, () =>
      exchange.user({ CROSS_MARGIN: { USDT: '1000' } }),
    )
    const victim = present(people[new Prng(KILL_SEED).below(100)], 'somebody is drawn')
    const { state } = exchange
    const healthy = encodeState(state)
    const account = present(userOf(state, victim), 'the victim is there').accounts.CROSS_MARGIN
    // In the memory of this process alone, between two commands, and so that the sums still agree.
    const wrong = decodeState(healthy)
    wrong.ledger.move(usdt, account, BUCKET.free, account, BUCKET.locked, 1n)
    wrong.ledger.drainTouched(() => {})
    let claim = ''
    let liquidated = 0
    for (let n = 0; n < 1_000 && claim === ''; n += 1) {
      const sequenced = {
        sequence: (wrong.sequence + 1) as typeof state.sequence,
        timestampMs: wrong.nowMs,
        command: { type: 'AdvanceTime' } as const,
      }
      try {
        liquidated += all(apply(wrong, sequenced).events, 'LiquidationStarted').length
      } catch (error) {
        claim = claimOf(error)
      }
    }
    expect(claim, 'found within 1,000 commands').toBe(
      `V3 account ${account} locks what its orders hold of asset ${usdt}`,
    )
    expect(liquidated).toBe(0)
    // What the journal says was never wrong: `checkAfterwards` replays it to the healthy bytes.
    expect(Buffer.compare(encodeState(state), healthy)).toBe(0)
  },
}

/** Amounts so small that rounding could give them away. */
export const DUST: Incident = {
  code: 'S21',
  title: 'loans and repayments of single units, over and over',
  missing: null,
  without: [
    {
      rule: 'R1 what is owed rounds up',
      breaks: 'nobody gains by dust',
      removed: ['hourlyInterest'],
    },
  ],
  play: (open) => {
    const document = withAsset(plainVenue(), 'USDT', {
      dailyInterestRate: '0.00000024',
      minimumBorrow: '0.00000003',
      minimumRepay: '0.00000002',
    })
    const exchange = open(document)
    const usdt = exchange.asset('USDT')
    const userId = exchange.user({ CROSS_MARGIN: { USDT: '1' } })
    const loan = (units: bigint) =>
      exchange.do({ type: 'Borrow', userId, pair: null, asset: usdt, amount: units as Amount })
        .refusal
    const repay = (units: bigint) =>
      exchange.do({ type: 'Repay', userId, pair: null, asset: usdt, amount: units as Amount })
        .refusal
    expect(loan(2n)).toMatchObject({ reason: 'borrow_below_minimum' })
    for (let n = 0; n < 1_000; n += 1) {
      expect(loan(3n)).toBeNull()
      const owed = () => crossOwed(exchange, userId, usdt)
      expect(owed(), 'nobody gains by dust').toBe(4n)
      expect(repay(1n)).toMatchObject({ reason: 'repay_below_minimum' })
      expect(repay(3n)).toBeNull()
      expect(repay(2n)).toMatchObject({ reason: 'repay_exceeds_debt' })
      if (n % 10 === 0) exchange.pass(HOUR_MS)
      expect(repay(owed())).toBeNull()
    }
    const { standing } = exchange.ask('marginAccount', { userId })
    // A unit for each loan, and one more for each of the hundred that lived through an hour's end.
    expect(standing.equity).toBe(formatDecimal(100_000_000n - 1_100n, AMOUNT_DECIMALS))
    const rounding = exchange.state.ledger.free(VENUE_ACCOUNT.rounding, usdt)
    expect(rounding).toBeLessThanOrEqual(1_100n)
  },
}

function crossOwed({ state }: TestExchange, userId: UserId, asset: AssetIndex): Amount {
  const user = present(userOf(state, userId), 'the user is there')
  return state.ledger.owed(user.accounts.CROSS_MARGIN, asset)
}

/** Who pays, in which order: the account, then the fund to its last unit, then the lenders. */
export const WATERFALL: Incident = {
  code: 'S26',
  title: 'losses around what the account and the fund can bear',
  missing: null,
  without: [
    {
      rule: 'Q5 the fund pays before the lenders',
      breaks: 'the fund pays first',
      removed: ['fundPaysFirst'],
    },
  ],
  play: (open) => {
    // 1 BTC on 10,000 of debt; the fund has 1,000. What the last price leaves of it: [index, fund pays, lenders lose].
    const rows = [
      ['10500', '0', '0'],
      ['10000', '0', '0'],
      ['9999.99', '0.01', '0'],
      ['9000.01', '999.99', '0'],
      ['9000', '1000', '0'],
      ['8999.99', '1000', '0.01'],
      ['5000', '1000', '4000'],
    ] as const
    for (const [price, fundPays, lendersLose] of rows) {
      const exchange = open(plainVenue({ insuranceFund: { USDT: '1000' }, clearanceFee: '0' }))
      const usdt = exchange.asset('USDT')
      exchange.prices({ BTC: '13000' })
      const maker = exchange.stranger({ SPOT: { BTC: '1' } })
      exchange.must(exchange.order(maker, 'SELL 1 BTCUSDT @ 13000', { wallet: 'SPOT' }))
      const userId = exchange.user({ CROSS_MARGIN: { USDT: '3000' } })
      exchange.must(exchange.order(userId, 'BUY 1 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
      exchange.prices({ BTC: price })
      const { events } = exchange.pass(60_000)
      const [finished] = all(events, 'LiquidationFinished')
      expect(finished, 'the fund pays first').toMatchObject({
        fundPaid: amountOf(fundPays),
        lendersLost: amountOf(lendersLose),
      })
      const { state } = exchange
      expect(state.ledger.free(FUND, usdt)).toBeGreaterThanOrEqual(0n)
      expect(crossOwed(exchange, userId, usdt)).toBe(0n)
      expect(userOf(state, userId)?.recoverable.get(usdt) ?? 0n).toBe(amountOf(lendersLose))
    }
  },
}

/** Prices stand still, and interest alone kills: at the hour that can be computed, however the hours are booked. */
export const INTEREST: Incident = {
  code: 'S29',
  title: 'nothing moves but the interest',
  missing: null,
  without: [
    {
      rule: 'I1 interest by the hour',
      breaks: 'every hour is charged',
      removed: ['hourlyInterest'],
    },
  ],
  play: (open) => {
    // 0.1 % an hour on 10,000 is 10.
    const document = withAsset(plainVenue(), 'USDT', { dailyInterestRate: '0.024' })
    const debts = ([1, 3, 101] as const).map((hours) => {
      const exchange = open(document)
      const userId = indebted(exchange)
      const usdt = exchange.asset('USDT')
      const owed = () => crossOwed(exchange, userId, usdt)
      let passed = 0
      let death = 0
      while (death === 0 && passed < 200) {
        const before = owed()
        passed += hours
        const { events } = exchange.pass(hours * HOUR_MS)
        if (all(events, 'LiquidationStarted').length > 0) death = passed
        else expect(owed() - before, 'every hour is charged').toBe(amountOf(`${hours * 10}`))
      }
      return { hours, death }
    })
    // The hour of the loan is charged with it: 12,110 / 1.1 = 11,009.09, first exceeded by 10,010 + 100 · 10.
    expect(debts, 'liquidated at the hour foretold').toEqual([
      { hours: 1, death: 100 },
      { hours: 3, death: 102 },
      { hours: 101, death: 101 },
    ])
  },
}

/** 12,110 USDT worth of bitcoin on 10,000 USDT of debt, the first hour's 10 besides. */
function indebted(exchange: TestExchange): UserId {
  exchange.prices({ BTC: '13000' })
  const maker = exchange.stranger({ SPOT: { BTC: '1', USDT: '90000' } })
  exchange.must(exchange.order(maker, 'SELL 1 BTCUSDT @ 13000', { wallet: 'SPOT' }))
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '3000' } })
  exchange.must(exchange.order(userId, 'BUY 1 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
  exchange.prices({ BTC: '12110' })
  return userId
}

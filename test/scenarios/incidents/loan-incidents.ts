import { expect } from 'vitest'
import { present } from '../../../src/core/assert.ts'
import type { AssetIndex, UserId } from '../../../src/core/domain/ids.ts'
import { HOUR_MS } from '../../../src/core/domain/ids.ts'
import type { SingleWallet } from '../../../src/core/domain/wallet.ts'
import { userOf, venueOf } from '../../../src/core/engine/state.ts'
import type { TestExchange } from '../../../src/core/engine/test-exchange.ts'
import { amountOf } from '../../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../../src/core/ledger/chart.ts'
import type { Amount } from '../../../src/core/money/amount.ts'
import type { Incident } from './incident.ts'
import { plainVenue, withAsset } from './incident.ts'

const move = (from: SingleWallet, to: SingleWallet) => ({ type: 'Transfer', from, to }) as const

/** Why a loan of so much is refused; null: it is given. */
function borrow(exchange: TestExchange, userId: UserId, asset: AssetIndex, text: string) {
  return exchange.do({ type: 'Borrow', userId, pair: null, asset, amount: amountOf(text) }).refusal
}

function withdraw(exchange: TestExchange, userId: UserId, asset: AssetIndex, text: string) {
  const amount = amountOf(text)
  return exchange.do({ ...move('CROSS_MARGIN', 'SPOT'), userId, asset, amount }).refusal
}

/** Free USDT in a wallet. */
function freeOf({ state }: TestExchange, userId: UserId, wallet: SingleWallet): Amount {
  const user = present(userOf(state, userId), 'the user is there')
  return state.ledger.free(user.accounts[wallet], venueOf(state).usdt)
}

/** One account may not grow past what the venue could ever close; nor may many together. */
export const OKEX: Incident = {
  code: 'S05',
  title: 'one position is larger than the fund can ever close',
  missing: 'limits by owner over several accounts, and a limit that follows the size of the fund',
  without: [
    {
      rule: 'B2 the limit of one user',
      breaks: 'a loan of 10 M is refused',
      document: (document) => withAsset(document, 'USDT', { userBorrowLimit: '50000000' }),
    },
    {
      rule: 'B2 the cap of the venue',
      breaks: 'all together owe 2 M at most',
      document: (document) => withAsset(document, 'USDT', { venueBorrowCap: '50000000' }),
    },
  ],
  play: (open) => {
    const limits = { userBorrowLimit: '2000000', venueBorrowCap: '2000000' }
    const exchange = open(withAsset(plainVenue(), 'USDT', limits))
    const usdt = exchange.asset('USDT')
    const whale = exchange.user({ CROSS_MARGIN: { USDT: '5000000' } })
    const refusal = borrow(exchange, whale, usdt, '10000000')
    expect(refusal, 'a loan of 10 M is refused').toMatchObject({
      reason: 'borrow_exceeds_max',
      binding: 'user_limit',
    })
    for (let n = 0; n < 50; n += 1) {
      const userId = exchange.user({ CROSS_MARGIN: { USDT: '500000' } })
      borrow(exchange, userId, usdt, '500000')
    }
    const lent = exchange.state.ledger.free(VENUE_ACCOUNT.loans, usdt)
    expect(lent, 'all together owe 2 M at most').toBe(amountOf('2000000'))
  },
}

/** The price of the collateral is pumped 24-fold; what can be carried off is bounded by what it counts for. */
export const MANGO: Incident = {
  code: 'S06',
  title: 'collateral is pumped 24-fold, lent against and carried off',
  missing: 'one owner’s accounts trading with each other: owners are not known beyond trade groups',
  without: [
    {
      rule: 'C1 the bands of what counts',
      breaks: 'no more than 1 M leaves',
      document: (document) =>
        withAsset(document, 'DOGE', { collateral: [{ upTo: null, weight: '1' }] }),
    },
    {
      rule: 'L2 the transfer-out level',
      breaks: 'no more than 1 M leaves',
      removed: ['maxTransferable'],
    },
  ],
  play: (open) => {
    const collateral = [
      { upTo: '2000000', weight: '1' },
      { upTo: null, weight: '0' },
    ]
    const exchange = open(withAsset(plainVenue(), 'DOGE', { collateral }))
    exchange.prices({ DOGE: '0.038' })
    const attacker = exchange.user({ CROSS_MARGIN: { DOGE: '100000000' } })
    for (let minute = 1; minute <= 20; minute += 1) {
      exchange.pass(60_000)
      exchange.prices({ DOGE: (0.038 * (1 + (23 * minute) / 20)).toFixed(5) })
      lendAndLeave(exchange, attacker)
    }
    const carried = freeOf(exchange, attacker, 'SPOT')
    expect(carried, 'no more than 1 M leaves').toBeLessThanOrEqual(amountOf('1000000'))
    expect(carried).toBeGreaterThan(amountOf('800000'))
  },
}

/** An eighth of the most at 5x is what lets the most be carried off: from C, a loan of C / 2 leaves C / 2 free to go. */
function lendAndLeave(exchange: TestExchange, userId: UserId): void {
  const usdt = exchange.asset('USDT')
  const most = exchange.ask('maxBorrowable', { userId, asset: usdt })
  const sum = ('amount' in most ? most.amount / 8n : 0n) as Amount
  if (sum > 0n) exchange.do({ type: 'Borrow', userId, pair: null, asset: usdt, amount: sum })
  const leave = exchange.ask('maxTransferable', { userId, asset: usdt })
  if (typeof leave === 'bigint' && leave > 0n) {
    exchange.do({ ...move('CROSS_MARGIN', 'SPOT'), userId, asset: usdt, amount: leave })
  }
}

/** Many small accounts are one large one: what they borrow together is bounded. */
export const YFI: Incident = {
  code: 'S07',
  title: '120 accounts, each inside its own limit, borrow together',
  missing:
    'a cap on what is counted as collateral over all accounts (C3), and margins that rise with open exposure',
  without: [
    {
      rule: 'B2 the cap of the venue',
      breaks: 'never more than 10 M together',
      document: (document) => withAsset(document, 'USDT', { venueBorrowCap: '100000000' }),
    },
  ],
  play: (open) => {
    const exchange = open(withAsset(plainVenue(), 'USDT', { venueBorrowCap: '10000000' }))
    const usdt = exchange.asset('USDT')
    exchange.prices({ LINK: '20' })
    let refused = 0
    for (let n = 0; n < 120; n += 1) {
      const userId = exchange.user({ CROSS_MARGIN: { LINK: '40000' } })
      if (borrow(exchange, userId, usdt, '500000') !== null) refused += 1
      const lent = exchange.state.ledger.free(VENUE_ACCOUNT.loans, usdt)
      expect(lent, 'never more than 10 M together').toBeLessThanOrEqual(amountOf('10000000'))
    }
    expect(refused).toBe(100)
  },
}

/** 1,000 ETH bought at 2,000 with so much of debt, at 2,100 for two hours now. */
function longEther(exchange: TestExchange, owed: number): UserId {
  exchange.prices({ ETH: '2000' })
  const bought = owed / 2_000
  const userId = exchange.user({ CROSS_MARGIN: { ETH: `${1_000 - bought}` } })
  const maker = exchange.stranger({ SPOT: { ETH: `${bought}` } })
  exchange.must(exchange.order(maker, `SELL ${bought} ETHUSDT @ 2000`, { wallet: 'SPOT' }))
  exchange.must(exchange.order(userId, `BUY ${bought} ETHUSDT`, { sideEffect: 'MARGIN_BUY' }))
  exchange.prices({ ETH: '2100' })
  exchange.pass(2 * HOUR_MS)
  return userId
}

/** Collateral is withdrawn so far that the rest is liquidated at the venue's cost. */
export const HYPERLIQUID: Incident = {
  code: 'S08',
  title: 'a large account withdraws its margin to be liquidated at the venue’s cost',
  missing: 'thresholds raised by the modelled impact of positions larger than the book',
  without: [
    {
      rule: 'L2 the transfer-out level',
      breaks: 'the withdrawal is refused',
      removed: ['maxTransferable'],
    },
  ],
  play: (open) => {
    const exchange = open(plainVenue())
    const ether = exchange.asset('ETH')
    const deep = longEther(exchange, 1_200_000)
    const { standing } = exchange.ask('marginAccount', { userId: deep })
    expect(standing.marginLevel).toBe('1.75000000')
    // 0.7 M would leave a level of 1.167.
    expect(withdraw(exchange, deep, ether, '333.33333333'), 'the withdrawal is refused').toEqual(
      expect.objectContaining({ reason: 'transfer_exceeds_max', max: 0n }),
    )
    expect(exchange.ask('maxTransferable', { userId: deep, asset: ether })).toBe(0n)
    const shallow = longEther(exchange, 900_000)
    // 2.1 M − 2 · 0.9 M = 0.3 M.
    const most = amountOf('142.85714285')
    expect(exchange.ask('maxTransferable', { userId: shallow, asset: ether })).toBe(most)
    expect(withdraw(exchange, shallow, ether, '142.85714286')).not.toBeNull()
    expect(withdraw(exchange, shallow, ether, '142.85714285')).toBeNull()
  },
}

/** A price that stopped is worth nothing to borrow on, but what is owed can be paid back. */
export const LUNA: Incident = {
  code: 'S13',
  title: 'the feed stops at 0.107 while the coin falls to 0.01',
  missing: null,
  without: [
    {
      rule: 'X3 prices grow old',
      breaks: 'nothing is lent on a price that stopped',
      removed: ['refuseStale'],
    },
    {
      rule: 'X3 the age of prices',
      breaks: 'nothing is lent on a price that stopped',
      document: (document) => ({
        ...document,
        policy: { ...document.policy, indexPriceAgeMaxMs: 864_000_000 },
      }),
    },
  ],
  play: (open) => {
    const exchange = open(plainVenue({ indexPriceAgeMaxMs: 30_000 }))
    const usdt = exchange.asset('USDT')
    exchange.prices({ DOGE: '0.107' })
    const debtor = exchange.user({ CROSS_MARGIN: { USDT: '1000', DOGE: '100000' } })
    expect(borrow(exchange, debtor, usdt, '500')).toBeNull()
    const attacker = exchange.user({ CROSS_MARGIN: { USDT: '10' } })
    exchange.pass(30_001)
    exchange.must(exchange.deposit(attacker, 'CROSS_MARGIN', 'DOGE', '1000000'))
    const stale = { reason: 'index_unavailable', asset: 'DOGE' }
    const refusal = borrow(exchange, attacker, usdt, '50000')
    expect(refusal, 'nothing is lent on a price that stopped').toMatchObject(stale)
    expect(withdraw(exchange, debtor, usdt, '100')).toMatchObject(stale)
    exchange.must({
      type: 'Repay',
      userId: debtor,
      pair: null,
      asset: usdt,
      amount: amountOf('500'),
    })
    expect(withdraw(exchange, debtor, usdt, '100')).toBeNull()
  },
}

/** What is owed in an asset whose price is gone is still owed. */
export const DELISTED: Incident = {
  code: 'S24',
  title: 'the index of an asset that people owe is withdrawn',
  missing: null,
  without: [
    {
      rule: 'X3 a missing price',
      breaks: 'nothing is lent without a price',
      removed: ['refuseStale', 'maxBorrowable'],
    },
  ],
  play: (open) => {
    const exchange = open(plainVenue())
    const link = exchange.asset('LINK')
    const usdt = exchange.asset('USDT')
    exchange.prices({ LINK: '20' })
    const debtor = exchange.user({ CROSS_MARGIN: { USDT: '10000' } })
    expect(borrow(exchange, debtor, link, '1000')).toBeNull()
    exchange.must({ type: 'SetIndexPrices', prices: [[link, null]] })
    const { standing } = exchange.ask('marginAccount', { userId: debtor })
    expect(standing.can, 'a debt without a price allows nothing').toEqual({
      trade: false,
      borrow: false,
      transferOut: false,
    })
    for (const asset of [link, usdt]) {
      const refusal = borrow(exchange, debtor, asset, '1')
      expect(refusal, 'nothing is lent without a price').toMatchObject({
        reason: 'index_unavailable',
      })
    }
    expect(withdraw(exchange, debtor, usdt, '1')).toMatchObject({ reason: 'index_unavailable' })
    exchange.must({
      type: 'Repay',
      userId: debtor,
      pair: null,
      asset: link,
      amount: amountOf('1000'),
    })
    expect(withdraw(exchange, debtor, usdt, '10000')).toBeNull()
  },
}

/** Two transfers, each good alone. */
export const TWO_TRANSFERS: Incident = {
  code: 'S30',
  title: 'two transfers out, each valid alone and not together',
  missing: null,
  without: [
    {
      rule: 'L2 the transfer-out level',
      breaks: 'exactly one leaves',
      removed: ['maxTransferable'],
    },
  ],
  play: (open) => {
    for (const first of ['100', '142']) {
      const exchange = open(plainVenue())
      const ether = exchange.asset('ETH')
      const userId = longEther(exchange, 900_000)
      const refusals = [first, first === '100' ? '142' : '100'].map((text) =>
        withdraw(exchange, userId, ether, text),
      )
      expect(refusals, 'exactly one leaves').toEqual([
        null,
        expect.objectContaining({ reason: 'transfer_exceeds_max' }),
      ])
    }
  },
}

/** Borrow, buy, and borrow again on what was bought, a thousand times. */
export const RECURSIVE: Incident = {
  code: 'S31',
  title: 'borrow, buy, and borrow again on what was bought, 1,000 times over',
  missing: null,
  without: [
    { rule: 'B1 the borrow level', breaks: 'leverage stays below 5', removed: ['maxBorrowable'] },
  ],
  play: (open) => {
    const exchange = open(plainVenue())
    const usdt = exchange.asset('USDT')
    exchange.prices({ BTC: '10000' })
    const maker = exchange.stranger({ SPOT: { BTC: '800' } })
    exchange.must(exchange.order(maker, 'SELL 800 BTCUSDT @ 10000', { wallet: 'SPOT' }))
    const userId = exchange.user({ CROSS_MARGIN: { USDT: '10000' } })
    for (let n = 0; n < 1_000; n += 1) {
      const most = exchange.ask('maxBorrowable', { userId, asset: usdt })
      const wanted = 'amount' in most && most.amount > 0n ? most.amount / 3n : 0n
      const sum = wanted > amountOf('5000') ? amountOf('5000') : (wanted as Amount)
      if (sum > 0n) exchange.do({ type: 'Borrow', userId, pair: null, asset: usdt, amount: sum })
      const cash = freeOf(exchange, userId, 'CROSS_MARGIN')
      const quantity = (Number(cash / 100_000n) / 10_000_000 - 0.000005).toFixed(5)
      if (Number(quantity) > 0.001) exchange.do(exchange.order(userId, `BUY ${quantity} BTCUSDT`))
    }
    const { assetsUsdt, standing } = exchange.ask('marginAccount', { userId })
    const own = amountOf(standing.equity)
    expect(assetsUsdt, 'leverage stays below 5').toBeLessThanOrEqual(own * 5n)
    expect(assetsUsdt).toBeGreaterThan(own * 4n)
  },
}

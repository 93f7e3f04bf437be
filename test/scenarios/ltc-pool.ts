import type { UserId } from '../../src/core/domain/ids.ts'
import { HOUR_MS } from '../../src/core/domain/ids.ts'
import { amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { formatDecimalShort } from '../../src/core/money/decimal.ts'
import { loadProfile } from '../../src/venue/profile.ts'

interface Setting {
  /** What the venue itself puts into the LTC pool. */
  readonly seed?: string
  readonly fund?: Record<string, string>
  readonly curve?: { kink: string; atKink: string; atFull: string } | null
}

/** The LTC pool with little of the venue's own in it, a borrower with plenty of USDT, and LTC at 100. */
export function stage({ seed = '0', fund = { USDT: '1000000' }, curve = null }: Setting = {}) {
  const classic = loadProfile('classic')
  const assets = classic.assets.map((asset) =>
    asset.code === 'LTC'
      ? {
          ...asset,
          dailyInterestRate: '0.0024',
          rateCurve: curve,
          userBorrowLimit: '1000',
          venueBorrowCap: '100000',
          pool: { supply: seed, reserve: '0' },
        }
      : asset,
  )
  const policy = {
    ...classic.policy,
    minimumAverageBalance: null,
    positionInitialMarginCap: null,
    insuranceFund: fund,
    indexPriceAgeMaxMs: 1_000 * HOUR_MS,
  }
  const exchange = new TestExchange({ ...classic, assets, policy })
  exchange.prices({ BTC: '40000', LTC: '100', ETH: '2000', SOL: '100' })
  const ltc = exchange.asset('LTC')
  const borrower = exchange.user({ CROSS_MARGIN: { USDT: '1000000', LTC: '100' } })
  const lender = (text: string) => exchange.stranger({ SPOT: { LTC: text } })
  const supply = (userId: UserId, text: string, from: 'SPOT' | 'FUNDING' = 'SPOT') =>
    exchange.do({ type: 'SupplyPool', userId, asset: ltc, amount: amountOf(text), from })
  const withdraw = (userId: UserId, text: string, to: 'SPOT' | 'FUNDING' = 'SPOT') =>
    exchange.do({ type: 'WithdrawFromPool', userId, asset: ltc, amount: amountOf(text), to })
  const borrow = (text: string) =>
    exchange.do({
      type: 'Borrow',
      userId: borrower,
      asset: ltc,
      amount: amountOf(text),
      pair: null,
    })
  const repay = (text: string) =>
    exchange.do({ type: 'Repay', userId: borrower, asset: ltc, amount: amountOf(text), pair: null })
  const claim = (userId: UserId) => {
    const found = exchange.ask('poolPositions', { userId }).find(({ asset }) => asset === ltc)
    const { claim: sum = 0n, earning = 0n } = found ?? {}
    return `${short(sum)} / ${short(earning)}`
  }
  const pool = () => {
    const found = exchange.ask('pools', {})[ltc]
    if (found === undefined) throw new Error('no pool')
    return found
  }
  return { exchange, ltc, borrower, lender, supply, withdraw, borrow, repay, claim, pool }
}

export function short(sum: bigint): string {
  return formatDecimalShort(sum, 8)
}

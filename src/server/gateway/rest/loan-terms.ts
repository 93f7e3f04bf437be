import { present } from '../../../core/assert.ts'
import { DAY_MS } from '../../../core/domain/ids.ts'
import type { LoanTerms } from '../../../core/domain/question.ts'
import { isRefusal } from '../../../core/domain/question.ts'
import { formatDecimal } from '../../../core/money/decimal.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../../../core/money/rate.ts'
import { divCeil } from '../../../core/money/rounding.ts'
import { refusalError } from '../../../wire/error.ts'
import { amountShort, amountText, rateText } from '../../../wire/number-text.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { RateRecord } from '../../projections/queries/lending.ts'
import { type Endpoint, perUser, signed, type UserCall } from '../endpoint.ts'
import { caughtUp } from '../submit.ts'
import { assetNamed, readAsset, readRange } from './read-parameters.ts'

const ASSETS_MAX = 20
const RATES_MAX = 93
const RANGE_DAYS_MAX = 31
const HOURS_PER_DAY = 24n
const DAYS_PER_YEAR = 365n

/** What a loan costs and how far it goes, by VIP level (rules B2, B12, I2). */
export const loanTermEndpoints: readonly Endpoint[] = [
  signed('GET /sapi/v1/margin/crossMarginData', 'READ', 5, crossMarginData),
  signed('GET /sapi/v1/margin/interestRateHistory', 'READ', 1, interestRateHistory),
  signed('GET /sapi/v1/margin/next-hourly-interest-rate', 'READ', 100, nextHourlyRate),
  signed('GET /sapi/v1/margin/available-inventory', 'READ', perUser(50), availableInventory),
  signed('GET /fulcrum/v1/lending/max-borrowable', 'READ', 5, maxBorrowable),
]

/** Of the VIP level asked about, or of the user's own. -1130 when there is no such level. */
export function termsAsked({ deps, parameters, userId }: UserCall): LoanTerms {
  const vipLevel = parameters.whole('vipLevel') ?? null
  if (vipLevel !== null && vipLevel >= deps.engine.venue.policy.lending.vip.length) {
    throw requestError('invalid_parameter', { name: 'vipLevel' })
  }
  return deps.engine.ask('loanTerms', { userId, vipLevel })
}

function crossMarginData(call: UserCall): object[] {
  const { venue } = call.deps.engine
  const coin = call.parameters.text('coin')
  const { vipLevel, assets: terms } = termsAsked(call)
  const assets = coin === undefined ? venue.assets : [assetNamed(coin, venue)]
  return assets.map((asset) => {
    const { dailyRate, borrowLimit } = present(terms[asset.index], 'every asset has its terms')
    return {
      vipLevel,
      coin: asset.code,
      transferIn: true,
      borrowable: asset.borrowable,
      dailyInterest: rateText(dailyRate),
      yearlyInterest: rateText(dailyRate * DAYS_PER_YEAR),
      borrowLimit: amountShort(borrowLimit),
      marginablePairs: venue.symbols
        .filter((s) => s.margin && (s.base === asset.index || s.quote === asset.index))
        .map((s) => s.symbol),
    }
  })
}

/** Newest first: each change of the rate, and the rate at the beginning of each UTC day. */
async function interestRateHistory(call: UserCall): Promise<object[]> {
  const { deps, parameters } = call
  const { venue } = deps.engine
  const asset = readAsset(parameters, venue)
  const { startMs, endMs } = readRange(parameters, deps.engine.nowMs(), 7, RANGE_DAYS_MAX)
  const limit = parameters.limit('limit', RATES_MAX, RATES_MAX)
  const { vipLevel } = termsAsked(call)
  await caughtUp(deps)
  const rates = await deps.histories.interestRates(asset.index, { startMs, endMs }, limit)
  const interest = venue.policy.lending.vip[vipLevel]?.interest ?? RATE_SCALE
  return withDays(rates, startMs, endMs)
    .slice(0, limit)
    .map(({ dailyRate, effectiveMs }) => ({
      asset: asset.code,
      dailyInterestRate: rateText(divCeil(dailyRate * interest, RATE_SCALE)),
      timestamp: effectiveMs,
      vipLevel,
    }))
}

/** Changes and the rate in force at each day's beginning from `startMs` to `endMs`, newest first. */
function withDays(
  rates: readonly RateRecord[],
  startMs: number,
  endMs: number,
): Pick<RateRecord, 'dailyRate' | 'effectiveMs'>[] {
  const times = new Set(rates.map(({ effectiveMs }) => effectiveMs as number))
  for (let day = Math.floor(endMs / DAY_MS) * DAY_MS; day >= startMs; day -= DAY_MS) times.add(day)
  return [...times]
    .filter((timeMs) => timeMs >= startMs)
    .sort((a, b) => b - a)
    .flatMap((timeMs) => {
      const inForce = rates.find(({ effectiveMs }) => effectiveMs <= timeMs)
      return inForce === undefined
        ? []
        : [{ dailyRate: inForce.dailyRate, effectiveMs: timeMs as RateRecord['effectiveMs'] }]
    })
}

/** What the next hour will cost if the pool is lent as now, rounded up at eight places. */
function nextHourlyRate({ deps, parameters, userId }: UserCall): object[] {
  const names = parameters.requiredText('assets').split(',')
  if (names.length > ASSETS_MAX) throw requestError('invalid_parameter', { name: 'assets' })
  const { assets } = deps.engine.ask('loanTerms', { userId, vipLevel: null })
  const unit = 10n ** BigInt(RATE_DECIMALS - 8)
  return names.map((name) => {
    const asset = assetNamed(name, deps.engine.venue)
    const { nextDailyRate } = present(assets[asset.index], 'every asset has its terms')
    const hourly = divCeil(nextDailyRate, HOURS_PER_DAY * unit)
    return { asset: asset.code, nextHourlyInterestRate: formatDecimal(hourly, 8) }
  })
}

function availableInventory({ deps, parameters }: UserCall): object {
  // One pool lends to both.
  parameters.requiredOneOf('type', ['MARGIN', 'ISOLATED'])
  const pools = deps.engine.ask('pools', {})
  const borrowable = deps.engine.venue.assets.filter((asset) => asset.borrowable)
  return {
    assets: Object.fromEntries(
      borrowable.map(({ code, index }) => [code, amountShort(pools[index]?.available ?? 0n)]),
    ),
    updateTime: Math.floor(deps.engine.nowMs() / 1000),
  }
}

/** Rule B2 in full: what Binance's `maxBorrowable` answers, which bound binds, and all of them. */
function maxBorrowable({ deps, parameters, userId }: UserCall): object {
  const asset = readAsset(parameters, deps.engine.venue)
  const answer = deps.engine.ask('maxBorrowable', { userId, asset: asset.index })
  if (isRefusal(answer)) throw refusalError(answer)
  const { vipLevel } = deps.engine.ask('loanTerms', { userId, vipLevel: null })
  return {
    asset: asset.code,
    amount: amountText(answer.amount),
    binding: answer.binding,
    bounds: {
      headroom: amountText(answer.headroom),
      userLimit: amountText(answer.userLimit),
      pool: amountText(answer.pool),
      venueCap: amountText(answer.venueCap),
    },
    borrowLimit: amountText(answer.borrowLimit),
    vipLevel,
  }
}

import { present } from '../../../core/assert.ts'
import type { AssetIndex } from '../../../core/domain/ids.ts'
import { VALUATION_ASSET } from '../../../core/domain/venue-rules.ts'
import { AMOUNT_SCALE } from '../../../core/money/amount.ts'
import { amountText } from '../../../wire/number-text.ts'
import { requestError } from '../../../wire/request-error.ts'
import { type Endpoint, perUser, signed, signedOnce, type UserCall } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { assetNamed, readPage, readRange } from './read-parameters.ts'

const ASSETS_MAX = 10
const DEFAULT_DAYS = 7
const MAXIMUM_DAYS = 90

/** Small debts turned into one of USDT (rule B13), with Binance's names. */
export const smallLiabilityEndpoints: readonly Endpoint[] = [
  signed('GET /sapi/v1/margin/exchange-small-liability', 'READ', 100, smallDebts),
  signedOnce('POST /sapi/v1/margin/exchange-small-liability', 'BORROW', perUser(3_000), exchange),
  signed('GET /sapi/v1/margin/exchange-small-liability-history', 'READ', perUser(100), history),
]

/** Binance gives `liabilityQty` as a number. */
function smallDebts({ deps, userId }: UserCall): object[] {
  return deps.engine.ask('smallDebts', { userId }).map(({ asset, principal, interest, cost }) => ({
    asset: present(deps.engine.venue.assets[asset], 'a debt is of an asset of the venue').code,
    interest: amountText(interest),
    principal: amountText(principal),
    liabilityAsset: VALUATION_ASSET,
    liabilityQty: Number(cost) / Number(AMOUNT_SCALE),
  }))
}

async function exchange({ deps, parameters, userId }: UserCall): Promise<object> {
  const names = parameters.requiredText('assetNames').split(',')
  if (names.length > ASSETS_MAX) throw requestError('invalid_parameter', { name: 'assetNames' })
  const assets: AssetIndex[] = names.map((name) => assetNamed(name, deps.engine.venue).index)
  await submit(deps.engine, { type: 'ExchangeSmallDebts', userId, assets })
  return {}
}

async function history(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const ask = {
    ...readRange(parameters, deps.engine.nowMs(), DEFAULT_DAYS, MAXIMUM_DAYS),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  const { rows, total } = await deps.histories.smallDebtExchanges(userId, ask)
  return {
    total,
    rows: rows.map(({ asset, amount, targetAmount, timeMs }) => ({
      asset: deps.engine.venue.assets[asset]?.code,
      amount: amountText(amount),
      targetAsset: VALUATION_ASSET,
      targetAmount: amountText(targetAmount),
      bizType: 'EXCHANGE_SMALL_LIABILITY',
      timestamp: timeMs,
    })),
  }
}

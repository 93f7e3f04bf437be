import type { BalanceLine } from '../../../core/domain/question.ts'
import { isRefusal } from '../../../core/domain/question.ts'
import { AMOUNT_SCALE } from '../../../core/money/amount.ts'
import { divFloor } from '../../../core/money/rounding.ts'
import { refusalError } from '../../../wire/error.ts'
import { amountText, inBtcCeil, inBtcFloor, rateShort } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import { type Call, type Endpoint, open, perUser, signed, type UserCall } from '../endpoint.ts'
import { submit } from '../submit.ts'
import { readIsolatedSymbol } from './margin-wallet.ts'
import { readAsset } from './read-parameters.ts'

export const marginAccountEndpoints: readonly Endpoint[] = [
  signed('GET /sapi/v1/margin/account', 'READ', 10, account),
  signed('GET /sapi/v1/margin/tradeCoeff', 'READ', 10, tradeCoefficients),
  signed('GET /sapi/v1/margin/maxBorrowable', 'READ', 50, maxBorrowable),
  signed('GET /sapi/v1/margin/maxTransferable', 'READ', 50, maxTransferable),
  signed('POST /sapi/v1/margin/max-leverage', 'MARGIN', perUser(3_000), maxLeverage),
  open('GET /sapi/v1/margin/priceIndex', 10, priceIndex),
]

/** Totals of what is owed round up, of what is there down (rule R1). */
function account({ deps, userId }: UserCall): object {
  const { venue } = deps.engine
  const answer = deps.engine.ask('marginAccount', { userId })
  const { standing, btcPrice } = answer
  const assets = inBtcFloor(answer.assetsUsdt, btcPrice)
  const debts = inBtcCeil(answer.debtsUsdt, btcPrice)
  const lines = new Map(answer.balances.map((line) => [line.asset, line]))
  return {
    created: true,
    borrowEnabled: standing.can.borrow,
    marginLevel: standing.marginLevel,
    collateralMarginLevel: standing.collateralMarginLevel,
    totalAssetOfBtc: amountText(assets),
    totalLiabilityOfBtc: amountText(debts),
    totalNetAssetOfBtc: amountText(assets - debts),
    // Binance writes the capital T; some clients read it without.
    TotalCollateralValueInUSDT: amountText(answer.collateralUsdt),
    totalCollateralValueInUSDT: amountText(answer.collateralUsdt),
    totalOpenOrderLossInUSDT: amountText(0n),
    tradeEnabled: standing.can.trade,
    transferInEnabled: true,
    transferOutEnabled: standing.can.transferOut,
    transferEnabled: standing.can.transferOut,
    accountType: 'MARGIN_1',
    userAssets: venue.assets.map(({ code, index }) => userAsset(code, lines.get(index))),
  }
}

function userAsset(code: string, line: BalanceLine | undefined): object {
  const { free, locked, borrowed, interest } = line ?? NOTHING
  return {
    asset: code,
    borrowed: amountText(borrowed),
    free: amountText(free),
    interest: amountText(interest),
    locked: amountText(locked),
    netAsset: amountText(free + locked - borrowed - interest),
  }
}

const NOTHING = { free: 0n, locked: 0n, borrowed: 0n, interest: 0n }

function tradeCoefficients({ deps, userId }: UserCall): object {
  const { policy } = deps.engine.venue
  const leverage = deps.engine.ask('user', { userId })?.leverage ?? policy.defaultLeverage
  const levels = policy.levels[leverage]
  return {
    normalBar: rateShort(levels.borrow),
    marginCallBar: rateShort(levels.marginCall),
    forceLiquidationBar: rateShort(levels.liquidation),
  }
}

function maxBorrowable(call: UserCall): object {
  const { deps, parameters, userId } = call
  const asset = readAsset(parameters, deps.engine.venue)
  const answer = deps.engine.ask('maxBorrowable', {
    userId,
    asset: asset.index,
    pair: readIsolatedSymbol(call),
  })
  if (isRefusal(answer)) throw refusalError(answer)
  return { amount: amountText(answer.amount), borrowLimit: amountText(answer.borrowLimit) }
}

function maxTransferable(call: UserCall): object {
  const { deps, parameters, userId } = call
  const asset = readAsset(parameters, deps.engine.venue)
  const answer = deps.engine.ask('maxTransferable', {
    userId,
    asset: asset.index,
    pair: readIsolatedSymbol(call),
  })
  if (typeof answer === 'object') throw refusalError(answer)
  return { amount: amountText(answer) }
}

async function maxLeverage({ deps, parameters, userId }: UserCall): Promise<object> {
  const leverage = parameters.requiredOneOf('maxLeverage', ['3', '5']) === '3' ? 3 : 5
  await submit(deps.engine, { type: 'SetLeverage', userId, leverage })
  return { success: true }
}

/** The base asset's index price in the quote asset, rounded down; -3042 while either is unavailable. */
function priceIndex({ deps, parameters }: Call): object {
  const symbol = readSymbol(parameters, deps.engine.venue)
  if (!symbol.margin) throw requestError('margin_pair')
  const indexes = deps.engine.ask('indexPrices', {})
  const base = indexes[symbol.base]
  const quote = indexes[symbol.quote]
  if (!base?.price || !quote?.price || base.stale || quote.stale) throw requestError('price_index')
  return {
    calcTime: base.updatedMs ?? deps.engine.nowMs(),
    price: amountText(divFloor(base.price * AMOUNT_SCALE, quote.price)),
    symbol: symbol.symbol,
  }
}

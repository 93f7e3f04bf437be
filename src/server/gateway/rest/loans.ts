import { present } from '../../../core/assert.ts'
import type { Borrow, Repay } from '../../../core/domain/command.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import type { TransactionId } from '../../../core/domain/ids.ts'
import type { Asset, Venue } from '../../../core/domain/venue.ts'
import { baseOf } from '../../../core/domain/venue.ts'
import { AMOUNT_SCALE } from '../../../core/money/amount.ts'
import { divFloor } from '../../../core/money/rounding.ts'
import { amountText, lotsText, priceText, rateText } from '../../../wire/number-text.ts'
import type { OrderView } from '../../../wire/order-state.ts'
import type { InterestRecord, LoanRecord } from '../../projections/queries/loans.ts'
import type { Page } from '../../projections/queries/page.ts'
import { type Endpoint, perUser, signed, signedOnce, type UserCall } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { readIsolatedSymbol, readPair } from './margin-wallet.ts'
import { readAsset, readAssetOrAll, readPage, readRange } from './read-parameters.ts'

const DEFAULT_DAYS = 7
const MAXIMUM_DAYS = 30
/** Of loans in every asset at once. */
const ALL_ASSETS_DAYS = 7

type LoanType = 'BORROW' | 'REPAY'
const LOAN_TYPES = ['BORROW', 'REPAY'] as const

export const loanEndpoints: readonly Endpoint[] = [
  signedOnce('POST /sapi/v1/margin/borrow-repay', 'BORROW', perUser(1_500), borrowOrRepay),
  signedOnce('POST /sapi/v1/margin/loan', 'BORROW', perUser(3_000), (c) => move(c, 'BORROW')),
  signedOnce('POST /sapi/v1/margin/repay', 'BORROW', perUser(3_000), (c) => move(c, 'REPAY')),
  signed('GET /sapi/v1/margin/borrow-repay', 'READ', 10, loansOfType),
  signed('GET /sapi/v1/margin/loan', 'READ', 10, (c) => loans(c, 'BORROW')),
  signed('GET /sapi/v1/margin/repay', 'READ', 10, (c) => loans(c, 'REPAY')),
  signed('GET /sapi/v1/margin/interestHistory', 'READ', 1, interestHistory),
  signed('GET /sapi/v1/margin/forceLiquidationRec', 'READ', 1, liquidationOrders),
]

function borrowOrRepay(call: UserCall): Promise<object> {
  return move(call, call.parameters.requiredOneOf('type', LOAN_TYPES))
}

async function move(call: UserCall, type: LoanType): Promise<object> {
  const outcome = await submit(call.deps.engine, readMove(call, type))
  return { tranId: transactionOf(outcome, call.userId, type) }
}

function readMove(call: UserCall, type: LoanType): Borrow | Repay {
  const { deps, parameters, userId } = call
  const pair = readPair(call)
  const asset = readAsset(parameters, deps.engine.venue).index
  const amount = parameters.requiredAmount('amount')
  return { type: type === 'BORROW' ? 'Borrow' : 'Repay', userId, pair, asset, amount }
}

/** The parameters of `borrow-repay`. */
export function readBorrowRepay(call: UserCall): Borrow | Repay {
  return readMove(call, call.parameters.requiredOneOf('type', LOAN_TYPES))
}

/** Others' loans may be repaid by the clock within the same outcome: only the user's own, by hand, counts. */
function transactionOf(outcome: Outcome, userId: number, type: LoanType): number {
  const wanted = type === 'BORROW' ? 'LoanTaken' : 'LoanRepaid'
  const found = outcome.events.find(
    (event): event is EventOf<'LoanTaken' | 'LoanRepaid'> =>
      (event.type === 'LoanTaken' || event.type === 'LoanRepaid') &&
      event.type === wanted &&
      event.userId === userId &&
      event.origin === 'MANUAL',
  )
  return present(found, 'a loan taken or repaid by hand tells of it').transactionId
}

function loansOfType(call: UserCall): Promise<object> {
  return loans(call, call.parameters.requiredOneOf('type', LOAN_TYPES))
}

async function loans(call: UserCall, type: LoanType): Promise<object> {
  const { deps, parameters, userId } = call
  const { venue } = deps.engine
  const asset = readAssetOrAll(parameters, venue)?.index
  const days = asset === undefined ? ALL_ASSETS_DAYS : MAXIMUM_DAYS
  const ask = {
    type,
    pair: readIsolatedSymbol(call) ?? null,
    asset,
    transactionId: parameters.whole('txId') as TransactionId | undefined,
    ...readRange(parameters, deps.engine.nowMs(), DEFAULT_DAYS, days),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  return pageBody(await deps.histories.borrowRepay(userId, ask), (row) => loanBody(row, venue))
}

function pageBody<T>(page: Page<T>, body: (row: T) => object): object {
  return { rows: page.rows.map(body), total: page.total }
}

function assetOf(venue: Venue, index: number): Asset {
  return present(venue.assets[index], 'an asset in a history is the venue’s')
}

function loanBody(row: LoanRecord, venue: Venue): object {
  return {
    type: row.origin === 'MANUAL' ? 'MANUAL' : 'AUTO',
    ...isolatedSymbolOf(row.pair, venue),
    amount: amountText(row.principal + row.interest),
    asset: assetOf(venue, row.asset).code,
    interest: amountText(row.interest),
    principal: amountText(row.principal),
    status: 'CONFIRMED',
    timestamp: row.timeMs,
    txId: row.transactionId,
  }
}

async function interestHistory(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const { venue } = deps.engine
  const ask = {
    pair: readIsolatedSymbol(call) ?? null,
    asset: readAssetOrAll(parameters, venue)?.index,
    ...readRange(parameters, deps.engine.nowMs(), DEFAULT_DAYS, MAXIMUM_DAYS),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  return pageBody(await deps.histories.interestHistory(userId, ask), (row) =>
    interestBody(row, venue),
  )
}

function interestBody(row: InterestRecord, venue: Venue): object {
  const { code } = assetOf(venue, row.asset)
  const { paid } = row
  return {
    txId: row.transactionId,
    interestAccuredTime: row.chargedMs,
    asset: paid === null ? code : assetOf(venue, paid.asset).code,
    // Binance has it for cross margin only.
    ...(row.pair === null ? { rawAsset: code } : isolatedSymbolOf(row.pair, venue)),
    principal: amountText(row.principal),
    interest: amountText(paid === null ? row.interest : paid.amount),
    interestRate: rateText(row.dailyRate),
    type: paid === null ? row.kind : `${row.kind}_CONVERTED`,
  }
}

function isolatedSymbolOf(pair: LoanRecord['pair'], venue: Venue): { isolatedSymbol?: string } {
  if (pair === null) return {}
  return { isolatedSymbol: present(venue.symbols[pair], 'a pair is of the venue').symbol }
}

async function liquidationOrders(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const range = readRange(parameters, deps.engine.nowMs(), DEFAULT_DAYS, 90)
  const pair = readIsolatedSymbol(call) ?? null
  const ask = { pair, ...range, ...readPage(parameters) }
  await caughtUp(deps)
  return pageBody(await deps.histories.liquidationOrders(userId, ask), (order) =>
    liquidationOrderBody(order, pair !== null, deps.engine.venue),
  )
}

function liquidationOrderBody(order: OrderView, isIsolated: boolean, venue: Venue): object {
  const symbol = present(venue.symbols[order.symbol], 'an order names a symbol of the venue')
  const executed = baseOf(symbol, order.executedLots)
  const average = executed === 0n ? 0n : divFloor(order.executedQuote * AMOUNT_SCALE, executed)
  return {
    avgPrice: amountText(average),
    executedQty: amountText(executed),
    orderId: order.id,
    price: priceText(symbol, order.price),
    qty: lotsText(symbol, order.lots),
    side: order.side,
    symbol: symbol.symbol,
    timeInForce: order.timeInForce,
    isIsolated,
    updatedTime: order.updatedMs,
  }
}

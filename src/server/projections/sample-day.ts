import type { Event } from '../../core/domain/event.ts'
import type { LiquidationId, Sequence, TimestampMs, TransactionId } from '../../core/domain/ids.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { IndexPrice } from '../../core/money/price.ts'
import type { Rate } from '../../core/money/rate.ts'
import { IN_MEMORY } from '../sql/sqlite.ts'
import { type OpenReadModel, openReadModel } from './read-model.ts'
import { accepted, ended, trade } from './sample-events.ts'
import { offerLists } from './sample-lists.ts'
import { BTC, BTCUSDT, MAKER, OTHER, START_MS, USDT, USER } from './sample-orders.ts'

export const MINUTE_MS = 60_000
export const LIQUIDATION = 1 as LiquidationId

export type Offer = (minutes: number, ...events: Event[]) => void

function offerTrading(offer: Offer): void {
  const quote = { userId: MAKER, wallet: 'SPOT', side: 'SELL' } as const
  const later = { createdMs: (START_MS + 10 * MINUTE_MS) as TimestampMs }
  offer(0, accepted(1, quote), accepted(2, quote), accepted(3, quote))
  offer(1, accepted(4), trade({ tradeId: 1, maker: 1, taker: 4, price: 100 }))
  offer(
    2,
    accepted(5, { clientOrderId: 'again' }),
    trade({ tradeId: 2, maker: 1, taker: 5, price: 101 }),
    trade({ tradeId: 3, maker: 2, taker: 5, price: 101, lots: 2 }),
    trade({ tradeId: 4, maker: 2, taker: 5, price: 99 }),
  )
  offer(3, ended(3, 'user'), ended(4, 'user', 1))
  offer(10, accepted(6, { ...later, clientOrderId: 'again' }))
  offer(
    11,
    accepted(7, { ...later, side: 'SELL' }),
    trade({
      tradeId: 5,
      maker: 2,
      taker: 7,
      price: 90,
      takerSide: 'SELL',
      liquidationId: LIQUIDATION,
    }),
  )
  offer(12, accepted(8, { ...later, userId: OTHER }), ended(8, 'quote'))
}

function offerAccounts(offer: Offer): void {
  const transactionId = 1 as TransactionId
  const amount = 50n as Amount
  const shared = { transactionId, userId: USER, asset: USDT }
  offer(20, { type: 'UserCreated', userId: USER }, { type: 'UserCreated', userId: OTHER })
  offer(21, { type: 'KycSubmitted', userId: USER }, { type: 'KycSubmitted', userId: OTHER })
  offer(22, {
    type: 'KycReviewed',
    userId: USER,
    decision: 'REJECTED',
    reason: 'blurred',
    reviewer: 'ann',
  })
  offer(23, { type: 'MarginModeChanged', userId: USER, from: 'NONE', to: 'CROSS' })
  offer(24, { type: 'Deposited', ...shared, amount, wallet: 'SPOT' })
  offer(25, { type: 'Transferred', ...shared, amount, from: 'SPOT', to: 'CROSS_MARGIN' })
  offer(26, { type: 'Transferred', ...shared, amount, from: 'CROSS_MARGIN', to: 'FUNDING' })
  offer(27, { type: 'LoanTaken', ...shared, pair: null, amount, origin: 'MANUAL' })
  offer(28, {
    type: 'LoanRepaid',
    ...shared,
    pair: null,
    interest: 2n as Amount,
    principal: 48n as Amount,
    origin: 'AUTO',
  })
  for (const [minute, kind] of [
    [27, 'ON_BORROW'],
    [60, 'PERIODIC'],
  ] as const) {
    offer(60, {
      type: 'InterestCharged',
      ...shared,
      pair: null,
      principal: amount,
      interest: 1n as Amount,
      dailyRate: 240n as Rate,
      kind,
      paid: null,
      chargedMs: (START_MS + minute * MINUTE_MS) as TimestampMs,
    })
  }
  const position = { type: 'PositionChanged', userId: USER, symbol: BTCUSDT } as const
  offer(61, {
    ...position,
    quantity: -5n as Amount,
    entryQuote: amount,
    realizedPnl: -1n as Amount,
  })
}

function offerLiquidation(offer: Offer): void {
  const subject = { liquidationId: LIQUIDATION, userId: USER }
  const levels = { callLevel: '1.25', liquidationLevel: '1.10' }
  offer(70, { type: 'MarginCalled', userId: USER, pair: null, level: '1.20000000', ...levels })
  offer(71, { type: 'MarginCallEnded', userId: USER, pair: null, level: '1.30000000' })
  offer(72, {
    type: 'LiquidationStarted',
    pair: null,
    ...subject,
    trigger: 'LEVEL',
    level: '1.09000000',
    liquidationLevel: '1.10',
    assetsUsdt: 109n as Amount,
    debtsUsdt: 100n as Amount,
    prices: [[BTC, (2n ** 60n) as IndexPrice, at(70) as TimestampMs]],
  })
  offer(
    73,
    {
      type: 'LiquidationTakenOver',
      ...subject,
      pair: null,
      assets: [[BTC, 4n as Amount]],
      debts: [[USDT, 5n as Amount]],
      given: [[USDT, 1n as Amount]],
    },
    { type: 'LossShared', ...subject, pair: null, asset: USDT, amount: 6n as Amount },
  )
  offer(74, {
    type: 'LiquidationFinished',
    pair: null,
    ...subject,
    outcome: 'taken_over',
    valueLiquidated: 109n as Amount,
    clearanceFee: 2n as Amount,
    fundPaid: 3n as Amount,
    lendersLost: 6n as Amount,
  })
  offer(75, {
    type: 'LiquidationStarted',
    pair: null,
    ...{ liquidationId: 2 as LiquidationId, userId: OTHER },
    trigger: 'LEVEL',
    level: '1.00000000',
    liquidationLevel: '1.10',
    assetsUsdt: 0n as Amount,
    debtsUsdt: 0n as Amount,
    prices: [],
  })
}

/** A read model in memory that holds a small day of a user, a market maker and another user. */
export async function openSampleDay(): Promise<OpenReadModel> {
  const model = await openReadModel({
    location: IN_MEMORY,
    history: 'one',
    quietUsers: new Set([MAKER]),
  })
  let sequence = 0
  const offer: Offer = (minutes, ...events) => {
    sequence += 1
    model.projector.offer({
      sequence: sequence as Sequence,
      timestampMs: (START_MS + minutes * MINUTE_MS) as TimestampMs,
      events,
      refusal: null,
    })
  }
  offerTrading(offer)
  offerLists(offer)
  offerAccounts(offer)
  offerLiquidation(offer)
  await model.projector.flush()
  return model
}

/** So many minutes into the day. */
export const at = (minutes: number) => START_MS + minutes * MINUTE_MS

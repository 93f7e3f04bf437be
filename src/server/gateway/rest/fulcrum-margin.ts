import { present } from '../../../core/assert.ts'
import type { TradingWallet } from '../../../core/domain/command.ts'
import type { AssetIndex, LiquidationId, SymbolIndex } from '../../../core/domain/ids.ts'
import type { PositionAnswer, RiskAnswer } from '../../../core/domain/question.ts'
import type { Levels, Venue } from '../../../core/domain/venue.ts'
import type { Amount } from '../../../core/money/amount.ts'
import { refusalError } from '../../../wire/error.ts'
import { amountText, rateShort } from '../../../wire/number-text.ts'
import { orderBody } from '../../../wire/order-answer.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { LiquidationRecord } from '../../projections/queries/liquidations.ts'
import { type Endpoint, signed, type UserCall } from '../endpoint.ts'
import type { GatewayDeps } from '../gateway-deps.ts'
import { caughtUp } from '../submit.ts'
import { readPair } from './margin-wallet.ts'
import { userTradeBody } from './trades.ts'

const LIQUIDATIONS_MAX = 100

export const fulcrumMarginEndpoints: readonly Endpoint[] = [
  signed('GET /fulcrum/v1/margin/positions', 'READ', 5, positions),
  signed('GET /fulcrum/v1/margin/risk', 'READ', 5, risk),
  signed('GET /fulcrum/v1/margin/liquidations', 'READ', 5, liquidations),
  signed('GET /fulcrum/v1/margin/liquidations/:id', 'READ', 5, liquidation),
]

function codeOf(asset: AssetIndex, venue: Venue): string {
  return present(venue.assets[asset], 'an asset in an answer is the venue’s').code
}

function positions({ deps, userId }: UserCall): object[] {
  return deps.engine
    .ask('positions', { userId })
    .map((position) => positionBody(position, deps.engine.venue))
}

function positionBody(position: PositionAnswer, venue: Venue): object {
  const { unrealizedPnl, initialMargin } = position
  return {
    symbol: present(venue.symbols[position.symbol], 'a position is in a symbol of the venue')
      .symbol,
    side: position.side,
    quantity: amountText(position.quantity),
    entryPrice: position.entryPrice,
    indexPrice: position.indexPrice,
    unrealizedPnl: unrealizedPnl === null ? null : amountText(unrealizedPnl),
    realizedPnl: amountText(position.realizedPnl),
    initialMargin: initialMargin === null ? null : amountText(initialMargin),
    capUsed: position.capUsed,
    liquidationPrice: position.liquidationPrice,
  }
}

function risk(call: UserCall): object {
  const { deps, userId } = call
  const { engine } = deps
  const pair = readPair(call)
  if (pair !== null) return isolatedRisk(call, pair)
  const { policy } = engine.venue
  const leverage = engine.ask('user', { userId })?.leverage ?? policy.defaultLeverage
  const levels = policy.levels[leverage]
  return {
    ...riskBody(engine.ask('risk', { userId }), engine.venue),
    leverage,
    bands: bandsBody(levels),
  }
}

/** As `risk`, of the isolated account that `isIsolated` and `symbol` name, with the levels of its tier. -11001. */
function isolatedRisk({ deps, userId }: UserCall, pair: SymbolIndex): object {
  const { engine } = deps
  const { symbol } = present(engine.venue.symbols[pair], 'a pair is a symbol of the venue')
  const answer = engine.ask('isolatedRisk', { userId, pair })
  if (answer === null) throw refusalError({ reason: 'isolated_unknown', symbol })
  const { enabled, status, tier } = present(
    engine.ask('isolatedAccounts', { userId, pairs: [pair] })[0],
    'each pair asked about is answered',
  )
  return {
    ...riskBody(answer, engine.venue),
    symbol,
    enabled,
    status,
    tier,
    bands: bandsBody(
      present(engine.venue.symbols[pair]?.isolatedTiers[tier - 1], 'a tier is the pair’s').levels,
    ),
  }
}

function riskBody(answer: RiskAnswer, venue: Venue): object {
  return {
    ...answer.standing,
    buffer: answer.buffer,
    contributions: answer.contributions.map((line) => ({
      asset: codeOf(line.asset, venue),
      contribution: line.contribution,
      liquidationPrice: line.liquidationPrice,
    })),
  }
}

function bandsBody(levels: Levels): object {
  return {
    transferOut: rateShort(levels.transferOut),
    borrow: rateShort(levels.borrow),
    marginCall: rateShort(levels.marginCall),
    liquidation: rateShort(levels.liquidation),
  }
}

async function liquidations({ deps, parameters, userId }: UserCall): Promise<object[]> {
  const limit = parameters.limit('limit', LIQUIDATIONS_MAX, LIQUIDATIONS_MAX)
  await caughtUp(deps)
  const rows = await deps.histories.liquidations(userId, limit)
  return rows.map((row) => liquidationBody(row, deps.engine.venue))
}

async function liquidation({ deps, id, userId }: UserCall): Promise<object> {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw requestError('liquidation_unknown', { liquidationId: id })
  const liquidationId = Number(id) as LiquidationId
  await caughtUp(deps)
  const found = await deps.histories.liquidation(liquidationId)
  if (found?.userId !== userId) throw requestError('liquidation_unknown', { liquidationId: id })
  return receipt(deps, found)
}

function liquidationBody(row: LiquidationRecord, venue: Venue): object {
  const { finished } = row
  const text = (amount: Amount | undefined) => (amount === undefined ? null : amountText(amount))
  return {
    liquidationId: row.liquidationId,
    isolatedSymbol: row.pair === null ? null : venue.symbols[row.pair]?.symbol,
    state: finished === null ? 'RUNNING' : 'FINISHED',
    startedAt: row.startedMs,
    finishedAt: finished?.finishedMs ?? null,
    outcome: finished?.outcome ?? null,
    trigger: {
      marginLevel: row.level,
      liquidationLevel: row.liquidationLevel,
      assets: amountText(row.assetsUsdt),
      debts: amountText(row.debtsUsdt),
      prices: Object.fromEntries(
        row.prices.map(([asset, price]) => [codeOf(asset, venue), amountText(price)]),
      ),
    },
    valueLiquidated: text(finished?.valueLiquidated),
    clearanceFee: text(finished?.clearanceFee),
    insuranceFundPaid: text(finished?.fundPaid),
    lendersLost: text(finished?.lendersLost),
  }
}

function familyOf({ pair }: LiquidationRecord): TradingWallet {
  return pair === null ? 'CROSS_MARGIN' : 'ISOLATED_MARGIN'
}

/** Rule Q7: the liquidation with every order, every fill, and what moved other than by trading. */
async function receipt(
  { engine, histories }: GatewayDeps,
  row: LiquidationRecord,
): Promise<object> {
  const { venue } = engine
  const { userId, liquidationId } = row
  const [orders, trades, movements] = await Promise.all([
    histories.ordersOfLiquidation(userId, liquidationId),
    histories.tradesOfLiquidation(userId, liquidationId),
    histories.liquidationMovements(liquidationId),
  ])
  return {
    ...liquidationBody(row, venue),
    orders: orders.map((order) => orderBody(order, venue, familyOf(row))),
    trades: trades.map((trade) => {
      const symbol = present(venue.symbols[trade.symbol], 'a trade is in a symbol of the venue')
      return userTradeBody(trade, symbol, venue, familyOf(row))
    }),
    movements: movements.map((movement) => ({
      type: movement.type,
      asset: codeOf(movement.asset, venue),
      amount: amountText(movement.amount),
      time: movement.timeMs,
    })),
  }
}

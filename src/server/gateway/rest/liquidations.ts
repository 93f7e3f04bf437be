import { present } from '../../../core/assert.ts'
import type { TradingWallet } from '../../../core/domain/command.ts'
import type { AssetIndex, LiquidationId, SymbolIndex, UserId } from '../../../core/domain/ids.ts'
import type { BalanceLine } from '../../../core/domain/question.ts'
import type { Venue } from '../../../core/domain/venue.ts'
import type { Amount } from '../../../core/money/amount.ts'
import { INDEX_PRICE_SCALE } from '../../../core/money/price.ts'
import { divCeil } from '../../../core/money/rounding.ts'
import { amountText, bufferText, valueText } from '../../../wire/number-text.ts'
import { orderBody } from '../../../wire/order-answer.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type {
  BufferRecord,
  LiquidationOrderRecord,
  LiquidationRecord,
} from '../../projections/queries/liquidations.ts'
import { type Endpoint, perUser, signed, type UserCall } from '../endpoint.ts'
import type { Engine, GatewayDeps } from '../gateway-deps.ts'
import { caughtUp, submit } from '../submit.ts'
import { userTradeBody } from './trades.ts'

const LIQUIDATIONS_MAX = 100
const ACCOUNT_TYPES = ['MARGIN', 'ISOLATED'] as const

export const liquidationEndpoints: readonly Endpoint[] = [
  signed('POST /sapi/v1/margin/manual-liquidation', 'MARGIN', perUser(3_000), liquidateByHand),
  signed('GET /fulcrum/v1/margin/liquidations', 'READ', 5, liquidations),
  signed('GET /fulcrum/v1/margin/liquidations/:id', 'READ', 5, liquidation),
]

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
      cause: row.trigger,
      marginLevel: row.level,
      liquidationLevel: row.liquidationLevel,
      assets: amountText(row.assetsUsdt),
      debts: amountText(row.debtsUsdt),
      prices: Object.fromEntries(
        row.prices.map(([asset, price]) => [codeOf(asset, venue), amountText(price)]),
      ),
      pricesSetAt: Object.fromEntries(
        row.prices.map(([asset, , ms]) => [codeOf(asset, venue), ms]),
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
  const [orders, results, trades, movements] = await Promise.all([
    histories.ordersOfLiquidation(userId, liquidationId),
    histories.liquidationOrderResults(liquidationId),
    histories.tradesOfLiquidation(userId, liquidationId),
    histories.liquidationMovements(liquidationId),
  ])
  const byOrder = new Map(results.map((result) => [result.orderId, result]))
  return {
    ...liquidationBody(row, venue),
    buffer: {
      trigger: bufferBody(row.buffer.trigger, venue),
      closing: bufferBody(row.buffer.closing, venue),
    },
    orders: orders.map((order) => ({
      ...orderBody(order, venue, familyOf(row)),
      ...againstIndex(byOrder.get(order.id)),
    })),
    trades: trades.map((trade) => {
      const symbol = present(venue.symbols[trade.symbol], 'a trade is in a symbol of the venue')
      return {
        ...userTradeBody(trade, symbol, venue, familyOf(row)),
        indexPrice: againstIndex(byOrder.get(trade.orderId)).indexPrice,
      }
    }),
    movements: movements.map((movement) => ({
      type: movement.type,
      asset: codeOf(movement.asset, venue),
      amount: amountText(movement.amount),
      time: movement.timeMs,
    })),
  }
}

/** The waterfall: what moved the buffer, to the last place, so that `from` and the changes sum to `to`. */
function bufferBody(buffer: BufferRecord | null, venue: Venue): object | null {
  if (buffer === null) return null
  return {
    since: buffer.sinceMs,
    from: bufferText(buffer.from),
    to: bufferText(buffer.to),
    changes: buffer.lines.map(({ cause, asset, change }) => ({
      cause,
      asset: asset === null ? null : codeOf(asset, venue),
      change: bufferText(change),
    })),
  }
}

/** The index the order was held against, and what its fills were better than that, in USDT and before fees. */
function againstIndex(result: LiquidationOrderRecord | undefined): {
  indexPrice: string | null
  gain: string | null
} {
  if (result === undefined) return { indexPrice: null, gain: null }
  return { indexPrice: amountText(result.indexPrice), gain: valueText(result.gain) }
}

/** Rule Q11. Names the largest debt in value, and all that is owed in USDT. */
async function liquidateByHand({ deps, parameters, userId }: UserCall): Promise<object> {
  const { engine } = deps
  const isolated = parameters.requiredOneOf('type', ACCOUNT_TYPES) === 'ISOLATED'
  const pair = isolated ? readSymbol(parameters, engine.venue).index : null
  const balances = marginBalances(engine, userId, pair)
  const prices = engine.ask('indexPrices', {})
  const worthOf = ({ asset, borrowed, interest }: BalanceLine): bigint =>
    (borrowed + interest) * (prices[asset]?.price ?? 0n)
  let largest = balances[0]
  let debts = 0n
  for (const line of balances) {
    debts += worthOf(line)
    if (largest === undefined || worthOf(line) > worthOf(largest)) largest = line
  }
  await submit(engine, { type: 'LiquidateAccount', userId, pair })
  const { asset, interest, borrowed } = present(largest, 'whoever was liquidated owed something')
  return {
    asset: codeOf(asset, engine.venue),
    interest: amountText(interest),
    principal: amountText(borrowed),
    liabilityAsset: 'USDT',
    liabilityQty: Number(amountText(divCeil(debts, INDEX_PRICE_SCALE))),
  }
}

function marginBalances(
  engine: Engine,
  userId: UserId,
  pair: SymbolIndex | null,
): readonly BalanceLine[] {
  if (pair === null) return engine.ask('balances', { userId, wallet: 'CROSS_MARGIN' })
  return engine.ask('balances', { userId, wallet: { pair } })
}

function codeOf(asset: AssetIndex, venue: Venue): string {
  return present(venue.assets[asset], 'an asset in an answer is the venue’s').code
}

import type { AccountAtRisk } from '../../../core/domain/operator-answer.ts'
import type { TradingSymbol, Venue } from '../../../core/domain/venue.ts'
import { SYMBOL_STATES } from '../../../core/domain/venue.ts'
import { INDEX_PRICE_SCALE } from '../../../core/money/price.ts'
import { amountText } from '../../../wire/number-text.ts'
import { symbolNamed } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { AuditRecord } from '../../projections/queries/operations.ts'
import { type Endpoint, type OperatorCall, operated } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { accountBody, readReason } from './ops-parameters.ts'

const AT_RISK_MAX = 1_000
const AUDIT_MAX = 1_000

/** What an operator watches, and the switch of rule T20. */
export const opsVenueEndpoints: readonly Endpoint[] = [
  operated('GET /fulcrum/v1/ops/me', 'viewer', 1, me),
  operated('GET /fulcrum/v1/ops/operators', 'viewer', 1, operators),
  operated('GET /fulcrum/v1/ops/halts', 'viewer', 1, halts),
  operated('POST /fulcrum/v1/ops/halts', 'market', 1, setHalt),
  operated('GET /fulcrum/v1/ops/insurance-fund', 'viewer', 1, insuranceFund),
  operated('GET /fulcrum/v1/ops/accounts-at-risk', 'viewer', 20, accountsAtRisk),
  operated('GET /fulcrum/v1/ops/audit-log', 'viewer', 5, auditLog),
]

function me({ operator }: OperatorCall): object {
  return operator
}

function operators({ deps }: OperatorCall): readonly object[] {
  return deps.operators.operators()
}

function halts({ deps }: OperatorCall): object[] {
  const { engine } = deps
  return engine.ask('symbolStates', {}).map(({ state, untilMs }, index) => ({
    symbol: engine.venue.symbols[index]?.symbol,
    state,
    until: untilMs,
  }))
}

/** One symbol, or without `symbol` all of them. */
async function setHalt({ deps, parameters, operator }: OperatorCall): Promise<object[]> {
  const { engine } = deps
  const name = parameters.text('symbol')
  const symbols: readonly TradingSymbol[] =
    name === undefined ? engine.venue.symbols : [symbolNamed(name, engine.venue)]
  const state = parameters.requiredOneOf('state', SYMBOL_STATES)
  const order = { state, reason: readReason(parameters), author: operator.name }
  await Promise.all(
    symbols.map(({ index }) => submit(engine, { type: 'SetSymbolState', symbol: index, ...order })),
  )
  return symbols.map(({ symbol }) => ({ symbol, state }))
}

/** What the fund holds, and what it owes where it took debts over; `usdt` is null while an index is missing. */
function insuranceFund({ deps }: OperatorCall): object {
  const { engine } = deps
  const prices = engine.ask('indexPrices', {})
  const lines = engine.ask('insuranceFund', {})
  let worth: bigint | null = 0n
  const assets = lines.map(({ asset, free, locked, borrowed, interest }) => {
    const price = prices[asset]?.price ?? null
    const own = free + locked - borrowed - interest
    worth = worth === null || price === null ? null : worth + own * price
    return {
      asset: engine.venue.assets[asset]?.code,
      held: amountText(free),
      owed: amountText((borrowed + interest) as typeof borrowed),
    }
  })
  const usdt = worth === null ? null : amountText((worth / INDEX_PRICE_SCALE) as never)
  return { usdt, assets }
}

function accountsAtRisk({ deps, parameters }: OperatorCall): object[] {
  const limit = parameters.limit('limit', 100, AT_RISK_MAX)
  return deps.engine
    .ask('accountsAtRisk', { limit })
    .map((each) => riskBody(each, deps.engine.venue))
}

function riskBody(account: AccountAtRisk, venue: Venue): object {
  return {
    ...accountBody(account, venue),
    band: account.band,
    marginLevel: account.marginLevel,
    leverage: account.leverage,
    assets: amountText(account.assetsUsdt),
    debts: amountText(account.debtsUsdt),
    liquidationId: account.liquidationId,
  }
}

/** Rule O5, newest first; `before` is the id of the last entry of the page before. */
async function auditLog({ deps, parameters }: OperatorCall): Promise<object[]> {
  const limit = parameters.limit('limit', 100, AUDIT_MAX)
  const author = parameters.text('author')
  const userId = parameters.whole('userId')
  const before = readEntryId(parameters.text('before'))
  await caughtUp(deps)
  return (await deps.histories.auditLog({ before, limit, author, userId })).map(auditBody)
}

function readEntryId(text: string | undefined) {
  if (text === undefined) return undefined
  const [, sequence, position] = /^(\d{1,15})-(\d{1,9})$/.exec(text) ?? []
  if (sequence === undefined) throw requestError('invalid_parameter', { name: 'before' })
  return { sequence: Number(sequence), position: Number(position) }
}

function auditBody(entry: AuditRecord): object {
  return {
    id: `${entry.sequence}-${entry.position}`,
    sequence: entry.sequence,
    time: entry.timeMs,
    author: entry.author,
    action: entry.action,
    userId: entry.userId,
    reason: entry.reason,
    detail: entry.detail,
  }
}

import { present } from '../../../core/assert.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import type { Venue } from '../../../core/domain/venue.ts'
import type { Wallet } from '../../../core/domain/wallet.ts'
import { amountText } from '../../../wire/number-text.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { TransferRecord } from '../../projections/queries/funding.ts'
import { type Endpoint, perUser, signed, signedOnce, type UserCall } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { cross } from './margin-order.ts'
import { readAsset, readAssetOrAll, readPage, readRange } from './read-parameters.ts'

type Way = readonly [from: Wallet, to: Wallet]

const WAYS: Readonly<Record<string, Way>> = {
  MAIN_MARGIN: ['SPOT', 'CROSS_MARGIN'],
  MARGIN_MAIN: ['CROSS_MARGIN', 'SPOT'],
  MAIN_FUNDING: ['SPOT', 'FUNDING'],
  FUNDING_MAIN: ['FUNDING', 'SPOT'],
  FUNDING_MARGIN: ['FUNDING', 'CROSS_MARGIN'],
  MARGIN_FUNDING: ['CROSS_MARGIN', 'FUNDING'],
}

/** As `MAIN_MARGIN` names a way, so this names a wallet. */
const WALLET_NAMES: Readonly<Record<Wallet, string>> = {
  SPOT: 'MAIN',
  FUNDING: 'FUNDING',
  CROSS_MARGIN: 'MARGIN',
}

export const transferEndpoints: readonly Endpoint[] = [
  signedOnce('POST /sapi/v1/asset/transfer', 'TRANSFER', perUser(900), universalTransfer),
  signed('GET /sapi/v1/asset/transfer', 'READ', 1, universalHistory),
  signedOnce('POST /sapi/v1/margin/transfer', 'TRANSFER', perUser(600), marginTransfer),
  signed('GET /sapi/v1/margin/transfer', 'READ', 1, cross(marginHistory)),
]

/** Either spelling of an isolated wallet is refused plainly; futures and option wallets are none of this venue's. */
function readWay(parameters: Parameters): Way {
  const type = parameters.requiredText('type')
  if (type.includes('ISOLATED')) throw requestError('isolated')
  const way = Object.hasOwn(WAYS, type) ? WAYS[type] : undefined
  if (way === undefined) throw requestError('invalid_parameter', { name: 'type' })
  return way
}

function universalTransfer(call: UserCall): Promise<object> {
  return transfer(call, readWay(call.parameters))
}

/** The old call: 1 is into cross margin, 2 out of it. */
function marginTransfer(call: UserCall): Promise<object> {
  const type = call.parameters.requiredOneOf('type', ['1', '2'])
  return transfer(call, type === '1' ? ['SPOT', 'CROSS_MARGIN'] : ['CROSS_MARGIN', 'SPOT'])
}

async function transfer({ deps, parameters, userId }: UserCall, [from, to]: Way): Promise<object> {
  const asset = readAsset(parameters, deps.engine.venue)
  const amount = parameters.requiredAmount('amount')
  const command = { userId, asset: asset.index, amount, from, to }
  const outcome = await submit(deps.engine, { type: 'Transfer', ...command })
  return { tranId: transferredBy(outcome).transactionId }
}

function transferredBy(outcome: Outcome): EventOf<'Transferred'> {
  const found = outcome.events.find((event) => event.type === 'Transferred')
  return present(found, 'a transfer that was taken tells of it')
}

async function universalHistory(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const type = parameters.requiredText('type')
  const way = Object.hasOwn(WAYS, type) ? WAYS[type] : undefined
  // Clients ask for the wallets Binance has besides; between those nothing ever moved here.
  if (way === undefined) return { total: 0, rows: [] }
  const [from, to] = way
  const ask = {
    asset: readAssetOrAll(parameters, deps.engine.venue)?.index,
    from,
    to,
    ...readRange(parameters, deps.engine.nowMs(), 7, 183),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  const { rows, total } = await deps.histories.transfers(userId, ask)
  return { total, rows: rows.map((row) => universalBody(row, deps.engine.venue)) }
}

function universalBody(row: TransferRecord, venue: Venue): object {
  return {
    asset: venue.assets[row.asset]?.code,
    amount: amountText(row.amount),
    type: `${WALLET_NAMES[row.from]}_${WALLET_NAMES[row.to]}`,
    status: 'CONFIRMED',
    tranId: row.transactionId,
    timestamp: row.timeMs,
  }
}

async function marginHistory(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const type = parameters.oneOf('type', ['ROLL_IN', 'ROLL_OUT'])
  const ask = {
    asset: readAssetOrAll(parameters, deps.engine.venue)?.index,
    from: type === 'ROLL_OUT' ? ('CROSS_MARGIN' as const) : undefined,
    to: type === 'ROLL_IN' ? ('CROSS_MARGIN' as const) : undefined,
    touching: 'CROSS_MARGIN' as const,
    ...readRange(parameters, deps.engine.nowMs(), 7, 30),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  const { rows, total } = await deps.histories.transfers(userId, ask)
  return { rows: rows.map((row) => marginBody(row, deps.engine.venue)), total }
}

function marginBody(row: TransferRecord, venue: Venue): object {
  return {
    amount: amountText(row.amount),
    asset: venue.assets[row.asset]?.code,
    status: 'CONFIRMED',
    timestamp: row.timeMs,
    txId: row.transactionId,
    type: row.to === 'CROSS_MARGIN' ? 'ROLL_IN' : 'ROLL_OUT',
    transFrom: row.from,
    transTo: row.to,
  }
}

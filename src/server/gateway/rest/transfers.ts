import { present } from '../../../core/assert.ts'
import type { Transfer } from '../../../core/domain/command.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import type { Venue } from '../../../core/domain/venue.ts'
import type { Wallet, WalletReference } from '../../../core/domain/wallet.ts'
import { pairOf, walletOf } from '../../../core/domain/wallet.ts'
import { amountText } from '../../../wire/number-text.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { readSymbol, symbolNamed } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { TransferRecord, WalletFilter } from '../../projections/queries/funding.ts'
import { type Endpoint, perUser, signed, signedOnce, type UserCall } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { readIsolatedSymbol } from './margin-wallet.ts'
import { readAsset, readAssetOrAll, readPage, readRange } from './read-parameters.ts'

type Way = readonly [from: WalletReference, to: WalletReference]

/** What a wallet is called in the name of a way between two of them, such as `MAIN_MARGIN`. */
const WALLET_NAMES: Readonly<Record<Wallet, string>> = {
  SPOT: 'MAIN',
  FUNDING: 'FUNDING',
  CROSS_MARGIN: 'MARGIN',
  ISOLATED_MARGIN: 'ISOLATEDMARGIN',
}
const WALLET_OF = new Map(Object.entries(WALLET_NAMES).map(([wallet, name]) => [name, wallet]))

export const transferEndpoints: readonly Endpoint[] = [
  signedOnce('POST /sapi/v1/asset/transfer', 'TRANSFER', perUser(900), universalTransfer),
  signed('GET /sapi/v1/asset/transfer', 'READ', 1, universalHistory),
  signedOnce('POST /sapi/v1/margin/transfer', 'TRANSFER', perUser(600), marginTransfer),
  signed('GET /sapi/v1/margin/transfer', 'READ', 1, marginHistory),
  signedOnce('POST /sapi/v1/margin/isolated/transfer', 'TRANSFER', perUser(600), isolatedTransfer),
  signed('GET /sapi/v1/margin/isolated/transfer', 'READ', 1, isolatedHistory),
]

/** The wallets in a way's name, either spelling of the isolated one; undefined: not two of this venue's. */
function walletsOf(type: string): readonly [from: Wallet, to: Wallet] | undefined {
  const names = type.replaceAll('ISOLATED_MARGIN', WALLET_NAMES.ISOLATED_MARGIN).split('_')
  const [from, to] = names.map((name) => WALLET_OF.get(name) as Wallet | undefined)
  return from === undefined || to === undefined || names.length > 2 ? undefined : [from, to]
}

/** `fromSymbol` and `toSymbol` name the pair of an isolated wallet. -1102, -1121, -1130. */
function readWay(call: UserCall): Way {
  const wallets = walletsOf(call.parameters.requiredText('type'))
  if (wallets === undefined) throw requestError('invalid_parameter', { name: 'type' })
  const [from, to] = wallets
  return [readReference(call, from, 'fromSymbol'), readReference(call, to, 'toSymbol')]
}

function readReference(
  { deps, parameters }: UserCall,
  wallet: Wallet,
  name: string,
): WalletReference {
  if (wallet !== 'ISOLATED_MARGIN') return wallet
  return { pair: symbolNamed(parameters.requiredText(name), deps.engine.venue).index }
}

function universalTransfer(call: UserCall): Promise<object> {
  return transfer(call, readWay(call))
}

function marginTransfer(call: UserCall): Promise<object> {
  return transfer(call, readMarginWay(call.parameters))
}

const ISOLATED_ENDS = ['SPOT', 'ISOLATED_MARGIN'] as const

/** The old call: between spot and the symbol's isolated account. */
function isolatedTransfer(call: UserCall): Promise<object> {
  const { parameters } = call
  const from = readReference(call, parameters.requiredOneOf('transFrom', ISOLATED_ENDS), 'symbol')
  const to = readReference(call, parameters.requiredOneOf('transTo', ISOLATED_ENDS), 'symbol')
  return transfer(call, [from, to])
}

/** The old call: 1 is into cross margin, 2 out of it. */
function readMarginWay(parameters: Parameters): Way {
  const type = parameters.requiredOneOf('type', ['1', '2'])
  return type === '1' ? ['SPOT', 'CROSS_MARGIN'] : ['CROSS_MARGIN', 'SPOT']
}

async function transfer(call: UserCall, way: Way): Promise<object> {
  const outcome = await submit(call.deps.engine, transferOf(call, way))
  return { tranId: transferredBy(outcome).transactionId }
}

function transferOf({ deps, parameters, userId }: UserCall, [from, to]: Way): Transfer {
  const asset = readAsset(parameters, deps.engine.venue)
  const amount = parameters.requiredAmount('amount')
  return { type: 'Transfer', userId, asset: asset.index, amount, from, to }
}

/** The parameters of either call: its `type` tells them apart. */
export function readTransfer(call: UserCall): Transfer {
  const { parameters } = call
  const old = /^\d+$/.test(parameters.requiredText('type'))
  return transferOf(call, old ? readMarginWay(parameters) : readWay(call))
}

function transferredBy(outcome: Outcome): EventOf<'Transferred'> {
  const found = outcome.events.find((event) => event.type === 'Transferred')
  return present(found, 'a transfer that was taken tells of it')
}

async function universalHistory(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const { venue } = deps.engine
  const type = parameters.requiredText('type')
  const wallets = walletsOf(type)
  // Clients ask for the wallets Binance has besides; between those nothing ever moved here.
  if (wallets === undefined) return { total: 0, rows: [] }
  const ask = {
    asset: readAssetOrAll(parameters, venue)?.index,
    from: readFilter(call, wallets[0], 'fromSymbol'),
    to: readFilter(call, wallets[1], 'toSymbol'),
    ...readRange(parameters, deps.engine.nowMs(), 7, 183),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  const { rows, total } = await deps.histories.transfers(userId, ask)
  return { total, rows: rows.map((row) => universalBody(row, type, venue)) }
}

/** Of one pair where it is named, else of all. */
function readFilter(call: UserCall, wallet: Wallet, name: string): WalletFilter {
  return wallet === 'ISOLATED_MARGIN' && call.parameters.has(name)
    ? readReference(call, wallet, name)
    : wallet
}

function universalBody(row: TransferRecord, type: string, venue: Venue): object {
  return {
    asset: venue.assets[row.asset]?.code,
    amount: amountText(row.amount),
    type,
    status: 'CONFIRMED',
    tranId: row.transactionId,
    timestamp: row.timeMs,
    ...symbolsOf(row, venue),
  }
}

function symbolsOf({ from, to }: TransferRecord, venue: Venue): object {
  const [fromPair, toPair] = [pairOf(from), pairOf(to)]
  return {
    ...(fromPair !== null && { fromSymbol: venue.symbols[fromPair]?.symbol }),
    ...(toPair !== null && { toSymbol: venue.symbols[toPair]?.symbol }),
  }
}

function marginHistory(call: UserCall): Promise<object> {
  const pair = readIsolatedSymbol(call)
  const type = call.parameters.oneOf('type', ['ROLL_IN', 'ROLL_OUT'])
  return accountHistory(call, pair === undefined ? 'CROSS_MARGIN' : { pair }, {
    into: type !== 'ROLL_OUT',
    outOf: type !== 'ROLL_IN',
  })
}

function isolatedHistory(call: UserCall): Promise<object> {
  const { deps, parameters } = call
  const pair = readSymbol(parameters, deps.engine.venue).index
  const from = parameters.oneOf('transFrom', ISOLATED_ENDS)
  const to = parameters.oneOf('transTo', ISOLATED_ENDS)
  return accountHistory(
    call,
    { pair },
    {
      into: from !== 'ISOLATED_MARGIN' && to !== 'SPOT',
      outOf: from !== 'SPOT' && to !== 'ISOLATED_MARGIN',
    },
  )
}

/** What moved into a margin account, out of it, or both; where neither is asked for, nothing did. */
async function accountHistory(
  call: UserCall,
  account: WalletReference,
  { into, outOf }: { readonly into: boolean; readonly outOf: boolean },
): Promise<object> {
  const { deps, parameters, userId } = call
  if (!into && !outOf) return { rows: [], total: 0 }
  const ask = {
    asset: readAssetOrAll(parameters, deps.engine.venue)?.index,
    from: into ? undefined : account,
    to: outOf ? undefined : account,
    touching: account,
    ...readRange(parameters, deps.engine.nowMs(), 7, 30),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  const { rows, total } = await deps.histories.transfers(userId, ask)
  return { rows: rows.map((row) => accountBody(row, account, deps.engine.venue)), total }
}

function accountBody(row: TransferRecord, account: WalletReference, venue: Venue): object {
  const isInto = walletOf(row.to) === walletOf(account) && pairOf(row.to) === pairOf(account)
  return {
    amount: amountText(row.amount),
    asset: venue.assets[row.asset]?.code,
    status: 'CONFIRMED',
    timestamp: row.timeMs,
    txId: row.transactionId,
    type: isInto ? 'ROLL_IN' : 'ROLL_OUT',
    transFrom: walletOf(row.from),
    transTo: walletOf(row.to),
    ...symbolsOf(row, venue),
  }
}

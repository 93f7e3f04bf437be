import { present } from '../../../core/assert.ts'
import type { LendingWallet } from '../../../core/domain/command.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import type { PoolClaimChange } from '../../../core/domain/lending-event.ts'
import type { PoolAnswer } from '../../../core/domain/question.ts'
import type { Asset, Venue } from '../../../core/domain/venue.ts'
import { amountText, rateText } from '../../../wire/number-text.ts'
import type { PoolClaimRecord } from '../../projections/queries/lending.ts'
import { type Call, type Endpoint, open, signed, signedOnce, type UserCall } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { readAsset, readAssetOrAll, readPage, readRange } from './read-parameters.ts'

const DEFAULT_DAYS = 30
const MAXIMUM_DAYS = 366
const WALLETS = ['SPOT', 'FUNDING'] as const
const KINDS = ['SUPPLIED', 'WITHDRAWN', 'EARNED', 'LOST'] as const

/** Lending to the pools that loans come from (rules B8 to B11). */
export const lendingEndpoints: readonly Endpoint[] = [
  open('GET /fulcrum/v1/lending/pools', 1, pools),
  signedOnce('POST /fulcrum/v1/lending/supply', 'TRANSFER', 5, supply),
  signedOnce('POST /fulcrum/v1/lending/withdraw', 'TRANSFER', 5, withdraw),
  signed('GET /fulcrum/v1/lending/positions', 'READ', 5, positions),
  signed('GET /fulcrum/v1/lending/history', 'READ', 5, history),
]

function pools({ deps, parameters }: Call): object[] {
  const { venue } = deps.engine
  const asked = readAssetOrAll(parameters, venue)
  const answers = deps.engine.ask('pools', {})
  const assets = asked === null ? venue.assets.filter(({ borrowable }) => borrowable) : [asked]
  return assets.map((asset) =>
    poolBody(asset, present(answers[asset.index], 'every asset has a pool')),
  )
}

function poolBody({ code, poolReserve, venueBorrowCap }: Asset, pool: PoolAnswer): object {
  return {
    asset: code,
    supplied: amountText(pool.supplied),
    lent: amountText(pool.lent),
    available: amountText(pool.available),
    withdrawable: amountText(pool.withdrawable),
    reserve: amountText(poolReserve),
    borrowCap: amountText(venueBorrowCap),
    dueToLenders: amountText(pool.due),
    utilization: rateText(pool.utilization),
    dailyInterestRate: rateText(pool.dailyRate),
    nextDailyInterestRate: rateText(pool.nextDailyRate),
    lends: pool.lends,
  }
}

function readMove({ deps, parameters, userId }: UserCall) {
  const asset = readAsset(parameters, deps.engine.venue)
  const amount = parameters.requiredAmount('amount')
  const wallet: LendingWallet = parameters.oneOf('wallet', WALLETS) ?? 'SPOT'
  return { move: { userId, asset: asset.index, amount }, asset, wallet }
}

async function supply(call: UserCall): Promise<object> {
  const { move, asset, wallet } = readMove(call)
  const command = { type: 'SupplyPool', ...move, from: wallet } as const
  return moved(await submit(call.deps.engine, command), asset, 'SUPPLIED')
}

async function withdraw(call: UserCall): Promise<object> {
  const { move, asset, wallet } = readMove(call)
  const command = { type: 'WithdrawFromPool', ...move, to: wallet } as const
  return moved(await submit(call.deps.engine, command), asset, 'WITHDRAWN')
}

function moved({ events }: Outcome, asset: Asset, kind: PoolClaimChange): object {
  const found = events.find(
    (event): event is EventOf<'PoolClaimChanged'> =>
      event.type === 'PoolClaimChanged' && event.kind === kind,
  )
  const { transactionId, amount, claim } = present(found, 'a claim that changed tells of it')
  return {
    tranId: transactionId,
    asset: asset.code,
    amount: amountText(amount),
    claim: amountText(claim),
  }
}

/** What can be withdrawn now is the lesser of the claim and what the pool has not lent. */
function positions({ deps, userId }: UserCall): object[] {
  const { venue } = deps.engine
  const answers = deps.engine.ask('pools', {})
  return deps.engine.ask('poolPositions', { userId }).map((position) => {
    const withdrawable = answers[position.asset]?.withdrawable ?? 0n
    const { claim } = position
    return {
      asset: codeOf(venue, position.asset),
      claim: amountText(claim),
      earning: amountText(position.earning),
      withdrawable: amountText(claim < withdrawable ? claim : withdrawable),
      earned: amountText(position.earned),
      lost: amountText(position.lost),
    }
  })
}

async function history(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const { venue } = deps.engine
  const ask = {
    asset: readAssetOrAll(parameters, venue)?.index,
    kind: parameters.oneOf('type', KINDS),
    ...readRange(parameters, deps.engine.nowMs(), DEFAULT_DAYS, MAXIMUM_DAYS),
    ...readPage(parameters),
  }
  await caughtUp(deps)
  const { rows, total } = await deps.histories.poolClaims(userId, ask)
  return { rows: rows.map((row) => claimBody(row, venue)), total }
}

function claimBody(row: PoolClaimRecord, venue: Venue): object {
  return {
    tranId: row.transactionId,
    asset: codeOf(venue, row.asset),
    type: row.kind,
    amount: amountText(row.amount),
    claim: amountText(row.claim),
    wallet: row.wallet,
    timestamp: row.timeMs,
  }
}

function codeOf(venue: Venue, index: number): string {
  return present(venue.assets[index], 'a pool is of an asset of the venue').code
}

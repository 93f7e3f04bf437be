import { present } from '../assert.ts'
import type { Transfer } from '../domain/command.ts'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { WalletReference } from '../domain/wallet.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { borrowed, transferred } from '../ledger/entry.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import { divCeil, divFloor, minBigint } from '../money/rounding.ts'
import { accountNamed } from './accounts.ts'
import { transfer } from './funds.ts'
import { noteTaken, repayFundDebts } from './insurance-fund.ts'
import { refuseStale } from './standing.ts'
import type { ExchangeState, User } from './state.ts'
import { venueOf } from './state.ts'

const { insuranceFund, lendersDue, pool } = VENUE_ACCOUNT

/**
 * Rule Q10: what a user owes from before is collected from what comes in, lenders first and in kind, then the other
 * lenders, then the insurance fund. What is not in the asset owed the fund takes at index price.
 */
export function recoverLoss(
  state: ExchangeState,
  user: User,
  wallet: WalletReference,
  { asset, amount }: { readonly asset: AssetIndex; readonly amount: Amount },
): null {
  if (user.recoverable.size === 0 && user.owedToFund === 0n) return null
  const account = present(accountNamed(user, wallet), 'what came in lies in an account')
  const toLenders: (readonly [AssetIndex, Amount])[] = []
  let left = amount
  const inKind = minBigint(left, user.recoverable.get(asset) ?? ZERO) as Amount
  if (inKind > 0n) {
    lendersRegain(state, account, asset, inKind)
    reduce(user, asset, inKind)
    toLenders.push([asset, inKind])
    left = (left - inKind) as Amount
  }
  if (refuseStale(state, asset) === null) {
    for (const owed of [...user.recoverable.keys()].sort((a, b) => a - b)) {
      if (left === 0n || refuseStale(state, owed) !== null) continue
      const { given, regained } = exchange(state, lendable(state, user, owed), owed, asset, left)
      fundTakes(state, account, asset, given)
      fundOwesLenders(state, owed, regained)
      reduce(user, owed, regained)
      if (regained > 0n) toLenders.push([owed, regained])
      left = (left - given) as Amount
    }
  }
  const toFund = recoverForFund(state, user, account, asset, left)
  repayFundDebts(state)
  const taken = (amount - left + toFund.given) as Amount
  if (taken === 0n) return null
  state.events.push({
    type: 'LossRecovered',
    userId: user.id,
    wallet,
    asset,
    amount: taken,
    toLenders,
    toFund: toFund.regained,
  })
  return null
}

/** A transfer, and what its owner owes from before out of what came in. */
export function transferAndRecover(
  state: ExchangeState,
  user: User,
  command: Transfer,
): Refusal | null {
  return transfer(state, user, command) ?? recoverLoss(state, user, command.to, command)
}

interface Exchanged {
  readonly given: Amount
  readonly regained: Amount
}

const NOTHING: Exchanged = { given: ZERO, regained: ZERO }

/** In USDT what the fund paid for the user, in whatever asset came in. */
function recoverForFund(
  state: ExchangeState,
  user: User,
  account: AccountId,
  asset: AssetIndex,
  left: Amount,
): Exchanged {
  // Lenders come first: where an index keeps them from theirs, what came in waits for them.
  if (left === 0n || user.recoverable.size > 0 || refuseStale(state, asset) !== null) return NOTHING
  const exchanged = exchange(state, user.owedToFund, venueOf(state).usdt, asset, left)
  fundTakes(state, account, asset, exchanged.given)
  user.owedToFund = (user.owedToFund - exchanged.regained) as Amount
  return exchanged
}

/** How much of an asset, at most `left`, is given at index prices for a sum owed in another (rule R1). */
function exchange(
  { prices }: ExchangeState,
  sum: Amount,
  owed: AssetIndex,
  given: AssetIndex,
  left: Amount,
): Exchanged {
  const owedPrice = prices[owed] ?? INDEX_PRICE_SCALE
  const givenPrice = prices[given] ?? INDEX_PRICE_SCALE
  const whole = divCeil(sum * owedPrice, givenPrice)
  if (whole <= left) return { given: whole as Amount, regained: sum }
  return { given: left, regained: divFloor(left * givenPrice, owedPrice) as Amount }
}

/** What the user owes an asset's lenders, as far as their pool can lend it to the fund. */
function lendable(state: ExchangeState, { recoverable }: User, asset: AssetIndex): Amount {
  return minBigint(recoverable.get(asset) ?? 0n, state.ledger.free(pool, asset)) as Amount
}

function reduce({ recoverable }: User, asset: AssetIndex, sum: Amount): void {
  const rest = ((recoverable.get(asset) ?? 0n) - sum) as Amount
  if (rest > 0n) recoverable.set(asset, rest)
  else recoverable.delete(asset)
}

function fundTakes(state: ExchangeState, account: AccountId, asset: AssetIndex, sum: Amount): void {
  transferred(state.ledger, account, insuranceFund, asset, sum)
  if (asset !== venueOf(state).usdt) noteTaken(state, asset, sum)
}

/** What an asset's lenders had lost comes back to them, with the next hour's interest: the counterpart of a loss shared. */
function lendersRegain(
  state: ExchangeState,
  account: AccountId,
  asset: AssetIndex,
  sum: Amount,
): void {
  transferred(state.ledger, account, lendersDue, asset, sum)
}

/** The same when the fund was paid in another asset: it borrows theirs, and pays or buys it as all that it owes (Q12). */
function fundOwesLenders(state: ExchangeState, asset: AssetIndex, sum: Amount): void {
  if (sum === 0n) return
  borrowed(state.ledger, insuranceFund, asset, sum)
  lendersRegain(state, insuranceFund, asset, sum)
}

import type { AccountId, AssetIndex, UserId } from '../core/domain/ids.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { WalletReference } from '../core/domain/wallet.ts'
import { WALLETS, walletOf } from '../core/domain/wallet.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { VENUE_ACCOUNT, VENUE_ACCOUNTS } from '../core/ledger/chart.ts'
import type { AuditBalances } from './audit-balances.ts'
import type { AuditOrders } from './audit-orders.ts'

/**
 * Compares what facts add up to with what the engine's ledger holds, user by user, and proves conservation: what
 * came in from outside is exactly what users, pools, the fund and the venue have together.
 */
export function compareLedgers(
  state: ExchangeState,
  venue: Venue,
  balances: AuditBalances,
  orders: AuditOrders,
  deposited: readonly bigint[],
  report: (violation: string) => void,
): void {
  for (const user of state.users) {
    const references: WalletReference[] = [...WALLETS, ...user.isolated.values()]
    for (const reference of references) {
      const account =
        typeof reference === 'object'
          ? user.isolated.get(reference.pair)?.account
          : user.accounts[reference]
      for (const { index, code } of venue.assets) {
        if (account === undefined) continue
        const place = balances.placeNamed(user.id as UserId, reference, index)
        const { ledger } = state
        const locked = orders.lockedAt(place)
        const same =
          ledger.free(account, index) === balances.heldAt(place) - locked &&
          ledger.locked(account, index) === locked &&
          ledger.principal(account, index) === balances.principalAt(place) &&
          ledger.interest(account, index) === balances.interestAt(place)
        if (!same)
          report(`V1 the ledger has another ${code} of user ${user.id} in ${walletOf(reference)}`)
      }
    }
  }
  if (balances.users !== state.users.length) report('V1 the ledger has other users')
  for (const { index, code } of venue.assets) {
    checkConservation(state, balances, index, code, deposited[index] ?? 0n, report)
  }
}

function checkConservation(
  state: ExchangeState,
  balances: AuditBalances,
  asset: AssetIndex,
  code: string,
  deposited: bigint,
  report: (violation: string) => void,
): void {
  const { ledger } = state
  let users = 0n
  let owed = 0n
  for (let place = asset as number; place < balances.held.length; place += balances.assets) {
    users += balances.heldAt(place)
    owed += balances.principalAt(place)
  }
  let venueHolds = 0n
  for (let account = 0; account < VENUE_ACCOUNTS; account += 1) {
    const own = account as AccountId
    const bookkeeping =
      own === VENUE_ACCOUNT.external ||
      own === VENUE_ACCOUNT.loans ||
      own === VENUE_ACCOUNT.interestDue
    if (!bookkeeping) venueHolds += ledger.free(own, asset) + ledger.locked(own, asset)
  }
  if (users + venueHolds !== deposited) {
    report(`V1 ${code} is not conserved: ${users + venueHolds} of ${deposited} deposited`)
  }
  const fundOwes = ledger.principal(VENUE_ACCOUNT.insuranceFund, asset)
  if (ledger.free(VENUE_ACCOUNT.loans, asset) !== owed + fundOwes) {
    report(`V7 the pools are owed another sum of ${code} than users and the fund owe`)
  }
}

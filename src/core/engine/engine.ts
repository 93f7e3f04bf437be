import { assert, unreachable } from '../assert.ts'
import type { Command, SequencedCommand } from '../domain/command.ts'
import type { Outcome } from '../domain/event.ts'
import type { Refusal } from '../domain/rejection.ts'
import { advanceTo } from './advance-time.ts'
import { amendOrder } from './amend-order.ts'
import { cancelAllOrders, cancelOrder, cancelOrderList, cancelReplace } from './cancel-order.ts'
import { approvePolicyChange, draftPolicyChange, withdrawPolicyChange } from './change-policy.ts'
import { setInterestPayment } from './charge-interest.ts'
import { cancelAllAfter } from './dead-mans-switch.ts'
import { borrow, deposit, repay } from './funds.ts'
import {
  releaseIndex,
  setIndexPrices,
  setRedemptionRatio,
  setSourcePrices,
} from './index-prices.ts'
import { setVipLevel } from './interest-rates.ts'
import { setIsolatedAccount } from './isolated-account.ts'
import { setLending, supplyPool, withdrawFromPool } from './lend.ts'
import { liquidateAccount } from './liquidate.ts'
import { setMarginMode } from './margin-mode.ts'
import { massQuote } from './mass-quote.ts'
import { openVenue } from './open-venue.ts'
import { placeOrder } from './place-order.ts'
import { placeOrderList } from './place-order-list.ts'
import { recheckSome } from './recheck.ts'
import { recoverLoss, transferAndRecover } from './recover-loss.ts'
import { setWarningLevels } from './set-warning-levels.ts'
import { settle } from './settle.ts'
import { exchangeSmallDebts } from './small-debts.ts'
import type { ExchangeState, User } from './state.ts'
import { beginCommand, userOf } from './state.ts'
import { setSymbolState } from './symbol-state.ts'
import { setTradeGroup } from './trade-group.ts'
import {
  acceptDisclosure,
  backdateFunding,
  createUser,
  reviewKyc,
  setLeverage,
  submitKyc,
} from './users.ts'

export { createState } from './state.ts'

/**
 * The whole exchange: one command in, its outcome out. Same commands, same outcomes and same state, on every machine.
 *
 * Time passes first: whatever falls due by the command's time stamp happens before it. A refusal changes nothing else.
 */
export function apply(state: ExchangeState, sequenced: SequencedCommand): Outcome {
  const { sequence, timestampMs, command } = sequenced
  assert(sequence === state.sequence + 1, 'V6 commands come in sequence, none left out')
  assert(timestampMs >= state.nowMs, 'V10 time does not run backwards')
  state.sequence = sequence
  state.events = []
  if (state.venue === null) {
    assert(command.type === 'OpenVenue', 'a venue is opened before anything else')
    state.nowMs = timestampMs
  } else {
    beginCommand(state)
    advanceTo(state, timestampMs)
  }
  const refusal = carryOut(state, command)
  const stirs = refusal === null && isStirring(command)
  settle(state, { pricesMoved: stirs, continueLiquidations: stirs })
  state.ledger.assertBalanced()
  if (command.type === 'AdvanceTime' || command.type === 'SetIndexPrices') recheckSome(state)
  const { events } = state
  state.events = []
  return { sequence, timestampMs, events, refusal }
}

/** Whether every account is looked at afterwards, and every running liquidation has another try. */
function isStirring({ type }: Command): boolean {
  switch (type) {
    case 'SetIndexPrices':
    case 'SetSourcePrices':
    case 'SetRedemptionRatio':
    case 'ReleaseIndex':
    case 'AdvanceTime':
      return true
    default:
      return false
  }
}

function carryOut(state: ExchangeState, command: Command): Refusal | null {
  switch (command.type) {
    case 'OpenVenue':
      return openVenue(state, command)
    case 'CreateUser':
      return createUser(state)
    case 'SetIndexPrices':
      return setIndexPrices(state, command)
    case 'SetSourcePrices':
      return setSourcePrices(state, command)
    case 'SetRedemptionRatio':
      return setRedemptionRatio(state, command)
    case 'ReleaseIndex':
      return releaseIndex(state, command)
    case 'AdvanceTime':
      return null
    case 'SetSymbolState':
      return setSymbolState(state, command)
    case 'SetLending':
      return setLending(state, command)
    case 'DraftPolicyChange':
      return draftPolicyChange(state, command)
    case 'ApprovePolicyChange':
      return approvePolicyChange(state, command)
    case 'WithdrawPolicyChange':
      return withdrawPolicyChange(state, command)
    case 'PlaceOrder':
      return forUser(state, command.userId, (user) => placeOrder(state, user, command))
    case 'CancelReplace':
      return forUser(state, command.place.userId, (user) => cancelReplace(state, user, command))
    default:
      return forUser(state, command.userId, (user) => carryOutFor(state, user, command))
  }
}

type UserCommand = Exclude<
  Command,
  {
    type:
      | 'OpenVenue'
      | 'CreateUser'
      | 'SetIndexPrices'
      | 'SetSourcePrices'
      | 'SetRedemptionRatio'
      | 'ReleaseIndex'
      | 'AdvanceTime'
      | 'SetSymbolState'
      | 'SetLending'
      | 'DraftPolicyChange'
      | 'ApprovePolicyChange'
      | 'WithdrawPolicyChange'
      | 'PlaceOrder'
      | 'CancelReplace'
  }
>

function carryOutFor(state: ExchangeState, user: User, command: UserCommand): Refusal | null {
  switch (command.type) {
    case 'SubmitKyc':
      return submitKyc(state, user)
    case 'ReviewKyc':
      return reviewKyc(state, user, command)
    case 'AcceptDisclosure':
      return acceptDisclosure(state, user, command)
    case 'BackdateFunding':
      return backdateFunding(state, user, command)
    case 'SetMarginMode':
      return setMarginMode(state, user, command)
    case 'SetLeverage':
      return setLeverage(state, user, command)
    case 'SetIsolatedAccount':
      return setIsolatedAccount(state, user, command)
    case 'SetWarningLevels':
      return setWarningLevels(state, user, command)
    case 'LiquidateAccount':
      return liquidateAccount(state, user, command)
    case 'Deposit':
      return deposit(state, user, command) ?? recoverLoss(state, user, command.wallet, command)
    case 'Transfer':
      return transferAndRecover(state, user, command)
    case 'Borrow':
      return borrow(state, user, command)
    case 'Repay':
      return repay(state, user, command)
    case 'CancelOrder':
      return cancelOrder(state, user, command)
    case 'CancelAllOrders':
      return cancelAllOrders(state, user, command)
    case 'MassQuote':
      return massQuote(state, user, command)
    case 'AmendOrder':
      return amendOrder(state, user, command)
    case 'PlaceOrderList':
      return placeOrderList(state, user, command)
    case 'CancelOrderList':
      return cancelOrderList(state, user, command)
    case 'CancelAllAfter':
      return cancelAllAfter(state, user, command)
    case 'SetTradeGroup':
      return setTradeGroup(state, user, command)
    case 'SupplyPool':
      return supplyPool(state, user, command)
    case 'WithdrawFromPool':
      return withdrawFromPool(state, user, command)
    case 'SetInterestPayment':
      return setInterestPayment(state, user, command)
    case 'SetVipLevel':
      return setVipLevel(state, user, command)
    case 'ExchangeSmallDebts':
      return exchangeSmallDebts(state, user, command)
    default:
      return unreachable(command)
  }
}

function forUser(
  state: ExchangeState,
  userId: User['id'],
  act: (user: User) => Refusal | null,
): Refusal | null {
  const user = userOf(state, userId)
  return user === undefined ? { reason: 'user_unknown' } : act(user)
}

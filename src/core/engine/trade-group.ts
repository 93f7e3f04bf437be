import { assert } from '../assert.ts'
import type { Command } from '../domain/command.ts'
import { WORDS } from '../matching/order-table.ts'
import { accountsOf } from './accounts.ts'
import type { ExchangeState, User } from './state.ts'
import { openOrdersOf, tradeGroupOf } from './state.ts'

const GROUP_MAX = 2 ** 31 - 1

/** Rule T6: from now on the user's orders, those that rest included, never trade with the group's. */
export function setTradeGroup(
  state: ExchangeState,
  user: User,
  { tradeGroupId, reason, author }: Extract<Command, { type: 'SetTradeGroup' }>,
): null {
  assert(
    tradeGroupId === null ||
      (Number.isSafeInteger(tradeGroupId) && tradeGroupId > 0 && tradeGroupId <= GROUP_MAX),
    'T6 a trade group is a positive int32',
  )
  user.tradeGroupId = tradeGroupId
  const { table } = state.orders
  for (const account of accountsOf(user)) {
    for (const { id } of openOrdersOf(state, account)) {
      table.owner[table.slotOf(id) * WORDS] = tradeGroupOf(user)
    }
  }
  state.events.push({ type: 'TradeGroupSet', userId: user.id, tradeGroupId, reason, author })
  return null
}

import { assert } from '../core/assert.ts'
import type { Command } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { UserId } from '../core/domain/ids.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { Amount } from '../core/money/amount.ts'
import { AMOUNT_SCALE } from '../core/money/amount.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'

/** As much of one asset as anyone is given: an eighth of what the ledger can hold in one place. */
const FUNDS_MAX = 2n ** 58n

/**
 * The commands that give a user `usdt` worth of every priced asset in the spot wallet, so that it can quote or trade
 * both sides of every symbol.
 */
export function fundingCommands(
  venue: Venue,
  userId: UserId,
  prices: readonly (IndexPrice | null)[],
  usdt: number,
): Command[] {
  return venue.assets.flatMap(({ index }) => {
    const price = prices[index] ?? null
    if (price === null) return []
    const wanted = (BigInt(Math.round(usdt)) * AMOUNT_SCALE * INDEX_PRICE_SCALE) / price
    const amount = (wanted < FUNDS_MAX ? wanted : FUNDS_MAX) as Amount
    if (amount <= 0n) return []
    return [{ type: 'Deposit', userId, wallet: 'SPOT', asset: index, amount } as const]
  })
}

/** The user that a `CreateUser` made. */
export function createdUser(outcome: Outcome): UserId {
  const created = outcome.events.find((event) => event.type === 'UserCreated')
  assert(created !== undefined, 'a user that is asked for is created')
  return created.userId
}

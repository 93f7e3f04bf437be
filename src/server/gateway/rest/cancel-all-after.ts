import { present } from '../../../core/assert.ts'
import type { CancelAllAfter } from '../../../core/domain/command.ts'
import { TRADING_WALLETS } from '../../../core/domain/command.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import { DAY_MS } from '../../../core/domain/ids.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { ConditionalRight } from '../../access/api-key.ts'
import { type Endpoint, signed, type UserCall } from '../endpoint.ts'
import { submit } from '../submit.ts'

/** A client that says nothing for longer than this needs no switch. */
const COUNTDOWN_MAX_MS = 30 * DAY_MS

const OF_WALLET: ConditionalRight = {
  text: 'SPOT or MARGIN',
  of: (parameters) => [parameters.raw('wallet') === 'SPOT' ? 'SPOT' : 'MARGIN'],
}

export const cancelAllAfterEndpoints: readonly Endpoint[] = [
  signed('POST /fulcrum/v1/cancel-all-after', OF_WALLET, 1, cancelAllAfter),
]

/** Dead man's switch (rule T22): all open orders of the wallet, or of one symbol, are cancelled unless this comes again. */
async function cancelAllAfter(call: UserCall): Promise<object> {
  const { engine } = call.deps
  const { parameters, userId } = call
  const symbol = parameters.has('symbol') ? readSymbol(parameters, engine.venue) : null
  const wallet = parameters.oneOf('wallet', TRADING_WALLETS) ?? 'CROSS_MARGIN'
  const timeoutMs = parameters.whole('countdownTime')
  if (timeoutMs === undefined) throw requestError('missing', { name: 'countdownTime' })
  if (timeoutMs > COUNTDOWN_MAX_MS) {
    throw requestError('invalid_parameter', { name: 'countdownTime' })
  }
  const command: CancelAllAfter = {
    type: 'CancelAllAfter',
    userId,
    wallet,
    symbol: symbol?.index ?? null,
    timeoutMs,
  }
  const outcome = await submit(engine, command)
  const { dueMs } = present(countdownOf(command, outcome), 'a countdown that was set is told of')
  return { wallet, symbol: symbol?.symbol ?? null, countdownTime: timeoutMs, dueTime: dueMs }
}

/** The last, as the one before may have ended in the same command. */
function countdownOf(
  { userId, wallet, symbol }: CancelAllAfter,
  outcome: Outcome,
): EventOf<'CountdownSet'> | undefined {
  return outcome.events.findLast(
    (event): event is EventOf<'CountdownSet'> =>
      event.type === 'CountdownSet' &&
      event.userId === userId &&
      event.wallet === wallet &&
      event.symbol === symbol,
  )
}

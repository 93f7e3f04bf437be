import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import {
  isolatedListen,
  LISTEN_TOKEN_VALIDITY_MAX_MS,
  type ListenAccount,
} from '../../access/listen-tokens.ts'
import { type Endpoint, keyed, perUser, type UserCall } from '../endpoint.ts'
import { readPair } from './margin-wallet.ts'

export const listenEndpoints: readonly Endpoint[] = [
  keyed('POST /sapi/v1/userListenToken', perUser(1), issueToken),
  ...listenKeyEndpoints('/api/v3/userDataStream', () => 'SPOT'),
  ...listenKeyEndpoints('/api/v1/userDataStream', () => 'SPOT'),
  ...listenKeyEndpoints('/sapi/v1/userDataStream', () => 'CROSS_MARGIN'),
  ...listenKeyEndpoints('/sapi/v1/margin/listen-key', () => 'RISK'),
  ...listenKeyEndpoints('/sapi/v1/userDataStream/isolated', (call) =>
    isolatedListen(readSymbol(call.parameters, call.deps.engine.venue).index),
  ),
]

/** For cross margin or the isolated account of a symbol, one token per call; it serves until it expires. */
function issueToken(call: UserCall): object {
  const { deps, parameters, userId } = call
  const pair = readPair(call)
  const validityMs = parameters.limit(
    'validity',
    LISTEN_TOKEN_VALIDITY_MAX_MS,
    LISTEN_TOKEN_VALIDITY_MAX_MS,
  )
  const grant = deps.listenTokens.issue(
    userId,
    pair === null ? 'CROSS_MARGIN' : isolatedListen(pair),
    validityMs,
  )
  return { token: grant.token, expirationTime: grant.expiresMs }
}

function listenKeyEndpoints(
  path: `/${string}`,
  accountOf: (call: UserCall) => ListenAccount,
): Endpoint[] {
  return [
    keyed(`POST ${path}`, 2, (call) => ({
      listenKey: call.deps.listenTokens.issueListenKey(call.userId, accountOf(call)).token,
    })),
    keyed(`PUT ${path}`, 2, (call) => {
      const { deps, parameters, userId } = call
      const key = parameters.requiredText('listenKey')
      if (deps.listenTokens.prolong(userId, key) === undefined) throw unknownKey(accountOf(call))
      return {}
    }),
    keyed(`DELETE ${path}`, 2, (call) => {
      const { deps, parameters, userId } = call
      const key = parameters.requiredText('listenKey')
      if (!deps.listenTokens.revoke(userId, key)) throw unknownKey(accountOf(call))
      return {}
    }),
  ]
}

function unknownKey(account: ListenAccount): Error {
  return requestError(account === 'SPOT' ? 'listen_key' : 'listen_key_not_found')
}

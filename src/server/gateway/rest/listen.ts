import { refuseIsolated } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import { LISTEN_TOKEN_VALIDITY_MAX_MS, type ListenAccount } from '../../access/listen-tokens.ts'
import { type Endpoint, keyed, perUser, type UserCall } from '../endpoint.ts'

export const listenEndpoints: readonly Endpoint[] = [
  keyed('POST /sapi/v1/userListenToken', perUser(1), issueToken),
  ...listenKeyEndpoints('/api/v3/userDataStream', 'SPOT'),
  ...listenKeyEndpoints('/api/v1/userDataStream', 'SPOT'),
  ...listenKeyEndpoints('/sapi/v1/userDataStream', 'CROSS_MARGIN'),
  ...listenKeyEndpoints('/sapi/v1/margin/listen-key', 'RISK'),
]

/** For cross margin, one token per call; it serves until it expires. */
function issueToken({ deps, parameters, userId }: UserCall): object {
  refuseIsolated(parameters)
  const validityMs = parameters.limit(
    'validity',
    LISTEN_TOKEN_VALIDITY_MAX_MS,
    LISTEN_TOKEN_VALIDITY_MAX_MS,
  )
  const grant = deps.listenTokens.issue(userId, 'CROSS_MARGIN', validityMs)
  return { token: grant.token, expirationTime: grant.expiresMs }
}

function listenKeyEndpoints(path: `/${string}`, account: ListenAccount): Endpoint[] {
  return [
    keyed(`POST ${path}`, 2, ({ deps, userId }) => ({
      listenKey: deps.listenTokens.issueListenKey(userId, account).token,
    })),
    keyed(`PUT ${path}`, 2, ({ deps, parameters, userId }) => {
      const key = parameters.requiredText('listenKey')
      if (deps.listenTokens.prolong(userId, key) === undefined) throw unknownKey(account)
      return {}
    }),
    keyed(`DELETE ${path}`, 2, ({ deps, parameters, userId }) => {
      const key = parameters.requiredText('listenKey')
      if (!deps.listenTokens.revoke(userId, key)) throw unknownKey(account)
      return {}
    }),
  ]
}

function unknownKey(account: ListenAccount): Error {
  return requestError(account === 'SPOT' ? 'listen_key' : 'listen_key_not_found')
}

import { type Parameters, signedPayload } from '../../wire/parameters.ts'
import { requestError } from '../../wire/request-error.ts'
import { type ApiKey, type ApiKeyStore, permissionsFor, type Right } from './api-key.ts'
import { ipAllowed } from './ip-allow-list.ts'
import { checkWindow, type RequestWindow, readWindow } from './request-window.ts'
import { verifyNobody, verifySignature } from './signature.ts'

const KEY_FORMAT = /^[A-Za-z0-9]{64}$/

/** A request as it came in, before anything is believed of it. */
export interface ReceivedRequest {
  readonly apiKey: string | undefined
  readonly ip: string
  /** The query string, raw, without `?`. */
  readonly query: string
  /** The form body, raw. */
  readonly body: string
  readonly parameters: Parameters
}

export interface Clocks {
  /** Every clock a timestamp may be right by, wall clock first. */
  now(): readonly number[]
}

export interface Signed {
  readonly key: ApiKey
  readonly window: RequestWindow
  readonly signature: string
}

/** The key that a request names, without looking at any signature. -2014, -2015. */
export function authenticateKey(
  request: ReceivedRequest,
  keys: ApiKeyStore,
  clocks: Clocks,
  right: Right,
): ApiKey {
  const key = findKey(request.apiKey, keys)
  if (key === undefined) throw requestError('key_rejected')
  checkKey(key, request, clocks, right)
  return key
}

/**
 * The key that signed a request: signature over the bytes as received, then time, then what the key may do (rules W1, W2).
 * A key unknown, revoked, expired, from elsewhere or without the right is answered alike.
 */
export async function authenticateSigned(
  request: ReceivedRequest,
  keys: ApiKeyStore,
  clocks: Clocks,
  right: Right,
): Promise<Signed> {
  const key = findKey(request.apiKey, keys)
  const window = readWindow(request.parameters)
  const signature = request.parameters.raw('signature')
  if (signature === undefined) throw requestError('missing', { name: 'signature' })
  const payload = signedPayload(request.query, request.body)
  if (key === undefined) {
    verifyNobody(payload)
    throw requestError('key_rejected')
  }
  checkKey(key, request, clocks, right)
  if (!(await verifySignature(key, payload, signature))) throw requestError('signature')
  checkWindow(window, clocks.now())
  return { key, window, signature }
}

function findKey(apiKey: string | undefined, keys: ApiKeyStore): ApiKey | undefined {
  if (apiKey === undefined || !KEY_FORMAT.test(apiKey)) throw requestError('key_format')
  return keys.find(apiKey)
}

function checkKey(key: ApiKey, request: ReceivedRequest, clocks: Clocks, right: Right): void {
  const [wallMs = 0] = clocks.now()
  const expired = key.expiresMs !== null && key.expiresMs <= wallMs
  const needed = permissionsFor(right, request.parameters)
  const allowed =
    needed.every((permission) => key.permissions.includes(permission)) &&
    ipAllowed(key.ipAllowList, request.ip)
  if (expired || !allowed) throw requestError('key_rejected')
}

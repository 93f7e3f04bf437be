import { requestError } from '../../../wire/request-error.ts'
import { type ApiKey, parsePermissions } from '../../access/api-key.ts'
import type { KeySummary, NewKey } from '../../access/identity-store.ts'
import { parseAllowList } from '../../access/ip-allow-list.ts'
import { type Endpoint, signed, type UserCall } from '../endpoint.ts'

const KEYS_PER_USER_MAX = 30
const LABEL_LENGTH_MAX = 64
const KEY_TYPES = ['HMAC', 'RSA', 'ED25519'] as const

/** A user's own API keys. They are made in a browser session alone: no key can make another, or itself stronger. */
export const apiKeyEndpoints: readonly Endpoint[] = [
  signed('GET /fulcrum/v1/api-keys', 'READ', 1, listKeys),
  signed('POST /fulcrum/v1/api-keys', 'READ', 1, createKey),
  signed('DELETE /fulcrum/v1/api-keys', 'READ', 1, revokeKey),
]

async function listKeys({ deps, userId }: UserCall): Promise<object[]> {
  return (await deps.keyRegistry.listKeys(userId)).map((key) => ({
    ...keyBody(key),
    publicKey: key.publicKey,
  }))
}

function keyBody(key: Omit<KeySummary, 'publicKey'>): object {
  return {
    apiKey: key.apiKey,
    type: key.type,
    label: key.label,
    permissions: key.permissions,
    ipAllowList: key.ipAllowList,
    createTime: key.createdMs,
    expiryTime: key.expiresMs,
  }
}

/** The answer alone tells an HMAC key's secret. */
async function createKey(call: UserCall): Promise<object> {
  const { deps, userId } = call
  if (call.key !== null) throw requestError('session_only')
  const request = readNewKey(call)
  const existing = await deps.keyRegistry.listKeys(userId)
  if (existing.length >= KEYS_PER_USER_MAX) {
    throw requestError('too_many_keys', { limit: KEYS_PER_USER_MAX })
  }
  const created = await deps.keyRegistry.createKey(request)
  if (typeof created === 'string') throw requestError('public_key', { why: created })
  const { key, secretKey } = created
  const body = keyBody({ ...key, label: request.label })
  return secretKey === null ? body : { ...body, secretKey }
}

/** READ alone unless more is asked for. */
function readNewKey({ deps, parameters, userId }: UserCall): NewKey {
  const label = parameters.requiredText('label')
  if (label.length > LABEL_LENGTH_MAX) throw requestError('invalid_parameter', { name: 'label' })
  const type = parameters.oneOf('type', KEY_TYPES) ?? 'HMAC'
  const publicKey = type === 'HMAC' ? undefined : parameters.requiredText('publicKey')
  if (type === 'HMAC') parameters.forbid('publicKey')
  const list = parameters.text('ipAllowList')
  const ipAllowList = list === undefined ? [] : parseAllowList(list)
  if (ipAllowList === null) throw requestError('invalid_parameter', { name: 'ipAllowList' })
  const nowMs = deps.wallNowMs()
  const expiresMs = parameters.whole('expiryTime') ?? null
  if (expiresMs !== null && expiresMs <= nowMs) {
    throw requestError('invalid_parameter', { name: 'expiryTime' })
  }
  const permissions = parsePermissions(parameters.text('permissions') ?? 'READ')
  if (permissions === null) throw requestError('invalid_parameter', { name: 'permissions' })
  return { userId, type, publicKey, label, permissions, ipAllowList, nowMs, expiresMs }
}

/** A session ends any of its user's keys; a key ends itself. */
async function revokeKey({ deps, parameters, userId, key }: UserCall): Promise<object> {
  const apiKey = parameters.requiredText('apiKey')
  if (!mayRevoke(key, apiKey)) throw requestError('session_only')
  if (!(await deps.keyRegistry.revokeKey(userId, apiKey, deps.wallNowMs()))) {
    throw requestError('key_unknown')
  }
  return {}
}

function mayRevoke(key: ApiKey | null, apiKey: string): boolean {
  return key === null || key.apiKey === apiKey
}

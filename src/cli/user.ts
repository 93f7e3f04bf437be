import { createPublicKey } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { UserId } from '../core/domain/ids.ts'
import { PERMISSIONS, parsePermissions } from '../server/access/api-key.ts'
import { IdentityStore, type NewKey } from '../server/access/identity-store.ts'
import { parseAllowList } from '../server/access/ip-allow-list.ts'
import { masterKeyInFile, parseMasterKey } from '../server/access/master-key.ts'
import { operatorName, ROLES, type Role } from '../server/access/operator.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { WrongInput } from './failure.ts'

/** As the command line gives them: `fulcrum user list --data DIR`. */
export interface UserOptions {
  readonly data: string
}

/** Prints who has an account, a line of JSON each: number, address, roles, API keys without their secrets. */
export async function runUserList({ data }: UserOptions, env = process.env): Promise<number> {
  return withIdentities(data, env, async (identities) => {
    for (const { userId, email, roles } of await identities.accounts()) {
      const keys = (await identities.listKeys(userId)).map(
        ({ apiKey, type, label, permissions }) => ({ apiKey, type, label, permissions }),
      )
      console.log(JSON.stringify({ userId, email, roles, keys }))
    }
    return 0
  })
}

/** As the command line gives them: `fulcrum user key create --user 7 --permissions READ,SPOT`. */
export interface KeyOptions extends UserOptions {
  readonly user: string
  readonly label: string
  readonly permissions: string
  readonly ip?: string
  readonly expires?: string
  /** A file with a PEM public key; an HMAC secret is made where there is none. */
  readonly publicKey?: string
}

/** Makes an API key and prints it as a line of JSON: the one time that an HMAC secret is shown. */
export async function runKeyCreate(options: KeyOptions, env = process.env): Promise<number> {
  const request = readKey(options)
  return withIdentities(options.data, env, async (identities) => {
    if ((await identities.account(request.userId)) === null) {
      throw new WrongInput(`there is no account of user ${request.userId}`)
    }
    const created = await identities.createKey(request)
    if (typeof created === 'string') throw new WrongInput(`the public key is ${created}`)
    const { key, secretKey } = created
    const { apiKey, userId, type, permissions, ipAllowList, expiresMs } = key
    const shown = { apiKey, ...(secretKey === null ? {} : { secretKey }), userId, type }
    console.log(JSON.stringify({ ...shown, permissions, ipAllowList, expiresMs }))
    return 0
  })
}

function readKey(options: KeyOptions): NewKey {
  const permissions = parsePermissions(options.permissions)
  if (permissions === null) throw new WrongInput(`permissions are ${PERMISSIONS.join(', ')}`)
  const ipAllowList = options.ip === undefined ? [] : parseAllowList(options.ip)
  if (ipAllowList === null) throw new WrongInput('addresses look like 192.0.2.7,10.0.0.0/8')
  const expiresMs = options.expires === undefined ? null : Date.parse(options.expires)
  if (Number.isNaN(expiresMs)) throw new WrongInput('a key expires at an ISO 8601 time')
  const userId = Number(options.user) as UserId
  const { label } = options
  const rest = { userId, label, permissions, ipAllowList, nowMs: Date.now(), expiresMs }
  if (options.publicKey === undefined) return { ...rest, type: 'HMAC' }
  const publicKey = readFileSync(options.publicKey, 'utf8')
  // What is neither is refused as it is stored.
  const isEd25519 = createPublicKey(publicKey).asymmetricKeyType === 'ed25519'
  return { ...rest, type: isEd25519 ? 'ED25519' : 'RSA', publicKey }
}

/** Ends an API key for good. The exit code: 1 when there is no such key. */
export async function runKeyRevoke(
  apiKey: string,
  { data }: UserOptions,
  env = process.env,
): Promise<number> {
  return withIdentities(data, env, async (identities) => {
    const userId: UserId | undefined = identities.find(apiKey)?.userId
    if (userId === undefined || !(await identities.revokeKey(userId, apiKey, Date.now()))) {
      console.error('fulcrum user key revoke: no key of that name is in use')
      return 1
    }
    console.log(JSON.stringify({ revoked: apiKey, userId }))
    return 0
  })
}

/** As the command line gives them: `fulcrum user operator set EMAIL --roles risk,market`. */
export interface OperatorOptions extends UserOptions {
  /** Names of roles with commas between them; none: an operator no more. */
  readonly roles: string
  /** A PEM file with the public half of an Ed25519 or RSA key; an HMAC key is made without. */
  readonly publicKey?: string
}

/**
 * Makes an operator, or changes what one may do, and prints a new API key: its secret is told this once. Without roles
 * every key of the operator ends.
 */
export async function runOperatorSet(
  email: string,
  { data, roles: list, publicKey }: OperatorOptions,
  env = process.env,
): Promise<number> {
  const roles = readRoles(list)
  // Before the first start too: a live venue should have its operators when it opens.
  mkdirSync(data, { recursive: true })
  return withIdentities(
    data,
    env,
    async (identities) => {
      const userId = await identities.setOperator(email, roles)
      if (userId === null) throw new WrongInput(`${email} is a user's address`)
      const operator = operatorName(userId)
      if (roles.length === 0) {
        const keys = await identities.listKeys(userId)
        for (const { apiKey } of keys) await identities.revokeKey(userId, apiKey, Date.now())
        console.log(JSON.stringify({ operator, email, roles, revoked: keys.length }))
        return 0
      }
      const pem = publicKey === undefined ? undefined : readFileSync(publicKey, 'utf8')
      const created = await identities.createKey({
        userId,
        type: pem === undefined ? 'HMAC' : keyTypeOf(pem),
        publicKey: pem,
        label: 'operator',
        permissions: ['OPERATE'],
        nowMs: Date.now(),
      })
      if (typeof created === 'string') throw new WrongInput(`the public key is ${created}`)
      const { key, secretKey } = created
      console.log(JSON.stringify({ operator, email, roles, apiKey: key.apiKey, secretKey }))
      return 0
    },
    false,
  )
}

function readRoles(list: string): Role[] {
  const names = list.split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !ROLES.some((role) => role === name))
  if (unknown !== undefined) throw new WrongInput(`${unknown} is no role: ${ROLES.join(', ')}`)
  return ROLES.filter((role) => names.includes(role))
}

function keyTypeOf(pem: string): 'ED25519' | 'RSA' {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ed25519' ? 'ED25519' : 'RSA'
  } catch {
    throw new WrongInput('the public key is not a public key as PEM')
  }
}

/** The data folder is held meanwhile: a running venue knows its keys by heart and would not see the change. */
async function withIdentities(
  data: string,
  env: NodeJS.ProcessEnv,
  work: (identities: IdentityStore) => Promise<number>,
  mustExist = true,
): Promise<number> {
  const file = join(data, 'identity.sqlite')
  const url = env['DATABASE_URL']
  const given = env['FULCRUM_MASTER_KEY']
  if (mustExist && !existsSync(url === undefined ? file : data)) {
    throw new WrongInput(`${data} has no users; give the data folder with --data`)
  }
  const key =
    given === undefined
      ? masterKeyInFile(join(data, 'master.key'))
      : parseMasterKey(given, 'FULCRUM_MASTER_KEY')
  const release = await nodeStorage().lock(data)
  try {
    const identities = await IdentityStore.open(url ?? file, key)
    try {
      return await work(identities)
    } finally {
      await identities.close()
    }
  } finally {
    await release()
  }
}

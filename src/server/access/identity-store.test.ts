import { createHmac, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { UserId } from '../../core/domain/ids.ts'
import { IN_MEMORY } from '../sql/sqlite.ts'
import { type CreatedKey, IdentityStore, type NewKey } from './identity-store.ts'
import { ephemeralMasterKey, masterKeyInFile, parseMasterKey } from './master-key.ts'
import { seal, unseal } from './secret-box.ts'

const USER = 1 as UserId
const OTHER = 2 as UserId

const request: NewKey = {
  userId: USER,
  type: 'HMAC',
  label: 'bot',
  permissions: ['READ', 'SPOT'],
  nowMs: 1_000,
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fulcrum-identity-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

async function open(location = IN_MEMORY, masterKey = ephemeralMasterKey()) {
  return IdentityStore.open(location, masterKey)
}

async function create(store: IdentityStore, given: Partial<NewKey> = {}): Promise<CreatedKey> {
  const created = await store.createKey({ ...request, ...given })
  if (typeof created === 'string') throw new Error(created)
  return created
}

const publicPem = (type: 'rsa' | 'ed25519', bits = 2048) =>
  (type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: bits })
    : generateKeyPairSync('ed25519')
  ).publicKey
    .export({ type: 'spki', format: 'pem' })
    .toString()

test('identity: an HMAC key verifies what its secret signs, and lists without it', async () => {
  const store = await open()
  const { key, secretKey } = await create(store, { ipAllowList: ['10.0.0.0/8'], expiresMs: 9 })
  expect(key.apiKey).toMatch(/^[A-Za-z0-9]{64}$/)
  expect(secretKey).toMatch(/^[A-Za-z0-9]{64}$/)
  const found = store.find(key.apiKey)!
  const sign = (by: Parameters<typeof createHmac>[1]) =>
    createHmac('sha256', by).update('x').digest('hex')
  expect(sign(found.keyObject)).toBe(sign(secretKey!))
  expect(await store.listKeys(USER)).toEqual([
    {
      apiKey: key.apiKey,
      userId: USER,
      type: 'HMAC',
      permissions: ['READ', 'SPOT'],
      ipAllowList: ['10.0.0.0/8'],
      expiresMs: 9,
      createdMs: 1_000,
      label: 'bot',
      publicKey: null,
    },
  ])
  await store.close()
})

test.each([
  ['ED25519', publicPem('ed25519'), null],
  ['RSA', publicPem('rsa'), null],
  ['RSA', publicPem('rsa', 1024), 'too_short'],
  ['RSA', publicPem('ed25519'), 'wrong_type'],
  ['ED25519', publicPem('rsa'), 'wrong_type'],
  ['ED25519', 'not a key', 'malformed'],
  ['ED25519', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'malformed'],
  [
    'ED25519',
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'malformed',
  ],
] as const)('identity: a key of type %s, case %#', async (type, publicKey, fault) => {
  const store = await open()
  const created = await store.createKey({ ...request, type, publicKey })
  if (fault !== null) expect(created).toBe(fault)
  else expect(created).toMatchObject({ secretKey: null, key: { type } })
  expect((await store.listKeys(USER)).length).toBe(fault === null ? 1 : 0)
  await store.close()
})

test('identity: a revoked key is gone at once, and only its owner can revoke it', async () => {
  const store = await open()
  const { key } = await create(store)
  expect(await store.revokeKey(OTHER, key.apiKey, 2)).toBe(false)
  expect(store.find(key.apiKey)).toBeDefined()
  expect(await store.revokeKey(USER, key.apiKey, 2)).toBe(true)
  expect(store.find(key.apiKey)).toBeUndefined()
  expect(await store.revokeKey(USER, key.apiKey, 3)).toBe(false)
  await store.refresh()
  expect([store.find(key.apiKey), await store.listKeys(USER)]).toEqual([undefined, []])
  await store.close()
})

test('identity: keys outlive the process, and no secret lies readable in the file', async () => {
  const path = folder()
  const file = join(path, 'identity.sqlite')
  const masterKey = masterKeyInFile(join(path, 'master.key'))
  const before = await open(file, masterKey)
  const { key, secretKey } = await create(before)
  const token = await before.createSession(USER, 0, 100)
  await before.close()

  const again = await open(file, masterKeyInFile(join(path, 'master.key')))
  expect(again.find(key.apiKey)?.keyObject.equals(key.keyObject)).toBe(true)
  expect(again.sessionUser(token, 99)).toBe(USER)
  await again.close()

  const bytes = readFileSync(file)
  expect(bytes.includes(secretKey!)).toBe(false)
  expect(bytes.includes(token)).toBe(false)
  expect([file, join(path, 'master.key')].map((name) => statSync(name).mode & 0o777)).toEqual([
    0o600, 0o600,
  ])
  await expect(open(file, ephemeralMasterKey())).rejects.toThrow()
})

test('identity: given keys are taken as they are', async () => {
  const store = await open()
  const fixed = { apiKey: 'A'.repeat(64), secretKey: 'B'.repeat(64) }
  expect(await create(store, { fixed })).toMatchObject({
    key: { apiKey: fixed.apiKey },
    secretKey: fixed.secretKey,
  })
  await store.close()
})

test('identity: a fixed key can be made again once it was revoked', async () => {
  const store = await open()
  const fixed = { apiKey: 'A'.repeat(64), secretKey: 'B'.repeat(64) }
  await create(store, { fixed })
  expect(await store.revokeKey(USER, fixed.apiKey, 2_000)).toBe(true)
  await create(store, { fixed })
  await store.refresh()
  expect(store.find(fixed.apiKey)).toMatchObject({ userId: USER })
})

test('identity: accounts are listed by number', async () => {
  const store = await open()
  await store.setAccount({ userId: OTHER, email: 'b@x.org', roles: ['risk'] })
  await store.setAccount({ userId: USER, email: 'a@x.org', roles: [] })
  expect(await store.accounts()).toEqual([
    { userId: USER, email: 'a@x.org', roles: [] },
    { userId: OTHER, email: 'b@x.org', roles: ['risk'] },
  ])
})

test('identity: an address names one user, in any spelling', async () => {
  const store = await open()
  expect(await store.setAccount({ userId: USER, email: ' Ann@Example.com', roles: [] })).toBe(true)
  expect(await store.setAccount({ userId: OTHER, email: 'ann@example.com', roles: [] })).toBe(false)
  expect(await store.accountByEmail('ANN@example.com')).toEqual({
    userId: USER,
    email: 'ann@example.com',
    roles: [],
  })
  expect(await store.setAccount({ userId: USER, email: 'b@example.com', roles: ['risk'] })).toBe(
    true,
  )
  expect((await store.account(USER))?.roles).toEqual(['risk'])
  expect(await store.accountByEmail('ann@example.com')).toBeNull()
  expect(await store.account(OTHER)).toBeNull()
  await store.close()
})

test('identity: a session holds until it expires or ends', async () => {
  const store = await open()
  const token = await store.createSession(USER, 0, 100)
  expect([99, 100].map((nowMs) => store.sessionUser(token, nowMs))).toEqual([USER, null])
  expect(store.sessionUser('another', 0)).toBeNull()
  await store.endSession(token)
  expect(store.sessionUser(token, 0)).toBeNull()
  await store.close()
})

test('identity: a sealed secret opens only with its key and in its place', () => {
  const key = ephemeralMasterKey()
  const box = seal(key, 'secret', 'row 1')
  expect(unseal(key, box, 'row 1')).toBe('secret')
  expect(seal(key, 'secret', 'row 1')).not.toBe(box)
  const bytes = Buffer.from(box, 'base64')
  bytes[bytes.length - 1]! ^= 1
  expect(() => unseal(key, box, 'row 2')).toThrow()
  expect(() => unseal(ephemeralMasterKey(), box, 'row 1')).toThrow()
  expect(() => unseal(key, bytes.toString('base64'), 'row 1')).toThrow()
})

test.each(['', 'abc', 'g'.repeat(64), 'a'.repeat(63), 'a'.repeat(65)])(
  'identity: %j is no master key, and is not repeated',
  (text) => {
    expect(() => parseMasterKey(text, 'FULCRUM_MASTER_KEY')).toThrow(
      'FULCRUM_MASTER_KEY is not a key of 64 hexadecimal digits',
    )
  },
)

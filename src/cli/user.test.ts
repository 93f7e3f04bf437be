import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { UserId } from '../core/domain/ids.ts'
import { IdentityStore } from '../server/access/identity-store.ts'
import { masterKeyInFile } from '../server/access/master-key.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { type KeyOptions, runKeyCreate, runKeyRevoke, runOperatorSet, runUserList } from './user.ts'

const data = mkdtempSync(join(tmpdir(), 'fulcrum-cli-user-'))
const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
vi.spyOn(console, 'error').mockImplementation(() => {})
let apiKey = ''

beforeAll(async () => {
  const key = masterKeyInFile(join(data, 'master.key'))
  const identities = await IdentityStore.open(join(data, 'identity.sqlite'), key)
  const userId = 1 as UserId
  await identities.setAccount({ userId, email: 'ann@example.org', roles: [] })
  await identities.setAccount({ userId: 2 as UserId, email: 'bo@example.org', roles: ['risk'] })
  const request = { userId, type: 'HMAC', label: 'bot', permissions: ['READ'], nowMs: 1 } as const
  const created = await identities.createKey(request)
  if (typeof created === 'object') apiKey = created.key.apiKey
  await identities.close()
})
beforeEach(() => printed.mockClear())
afterAll(() => rmSync(data, { recursive: true }))

function lines(): unknown[] {
  return printed.mock.calls.map(([line]) => JSON.parse(line))
}

const ANN = { userId: 1, email: 'ann@example.org', roles: [] }
const BO = { userId: 2, email: 'bo@example.org', roles: ['risk'], keys: [] }

test('list shows accounts and keys, and no secret', async () => {
  expect(await runUserList({ data }, {})).toBe(0)
  const key = { apiKey, type: 'HMAC', label: 'bot', permissions: ['READ'] }
  expect(lines()).toEqual([{ ...ANN, keys: [key] }, BO])
})

test('a revoked key is gone, once', async () => {
  expect(await runKeyRevoke(apiKey, { data }, {})).toBe(0)
  expect(await runKeyRevoke(apiKey, { data }, {})).toBe(1)
  printed.mockClear()
  await runUserList({ data }, {})
  expect(lines()).toEqual([{ ...ANN, keys: [] }, BO])
})

test('a folder that a venue holds is left alone', async () => {
  const release = await nodeStorage().lock(data)
  await expect(runKeyRevoke('any', { data }, {})).rejects.toMatchObject({ name: 'JournalInUse' })
  await release()
})

test('a folder without users is refused', async () => {
  const missing = { data: join(data, 'nowhere') }
  await expect(runUserList(missing, {})).rejects.toMatchObject({ name: 'WrongInput' })
})

const NEW_KEY: KeyOptions = { data, user: '1', label: 'desk', permissions: 'READ,SPOT' }

test('W7 a key is made with what it may do, from where and until when, and its secret shown once', async () => {
  const options = { ip: '192.0.2.7,10.0.0.0/8', expires: '2027-01-01T00:00:00Z' }
  expect(await runKeyCreate({ ...NEW_KEY, ...options }, {})).toBe(0)
  const [created] = lines() as [Record<string, unknown>]
  expect(created).toMatchObject({
    apiKey: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
    secretKey: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
    userId: 1,
    type: 'HMAC',
    permissions: ['READ', 'SPOT'],
    ipAllowList: ['192.0.2.7', '10.0.0.0/8'],
    expiresMs: Date.UTC(2027, 0, 1),
  })
  printed.mockClear()
  await runUserList({ data }, {})
  expect(JSON.stringify(lines())).not.toContain(created['secretKey'])
})

test.each([
  [{ permissions: 'READ,ALL' }, 'permissions'],
  [{ ip: '10.0.0.0/33' }, 'addresses'],
  [{ expires: 'tomorrow' }, 'ISO 8601'],
  [{ user: '99' }, 'user 99'],
])('W7 a key with %o is refused', async (options, why) => {
  await expect(runKeyCreate({ ...NEW_KEY, ...options }, {})).rejects.toThrow(why)
})

function operate(email: string, roles: string): Promise<number> {
  return runOperatorSet(email, { data, roles }, {})
}

test('O4 an operator gets a key for operating alone, and is no user', async () => {
  expect(await operate('olga@example.org', 'risk,market')).toBe(0)
  const [made] = lines() as [{ apiKey: string; secretKey: string }]
  const olga = { email: 'olga@example.org', roles: ['risk', 'market'] }
  expect(made).toMatchObject({ operator: 'operator-1', ...olga })
  expect(made.secretKey).toMatch(/^\w{64}$/)
  printed.mockClear()
  await runUserList({ data }, {})
  const key = { apiKey: made.apiKey, type: 'HMAC', label: 'operator', permissions: ['OPERATE'] }
  expect(lines()[0]).toEqual({ userId: -1, ...olga, keys: [key] })
})

test('O4 without roles an operator and their keys are done', async () => {
  await operate('otto@example.org', 'viewer')
  printed.mockClear()
  await operate('otto@example.org', '')
  expect(lines()).toEqual([
    { operator: 'operator-2', email: 'otto@example.org', roles: [], revoked: 1 },
  ])
})

test.each([
  ['a role that there is not', 'new@example.org', 'king'],
  ['the address of a user', 'bo@example.org', 'risk'],
])('O4 %s is refused', async (_, email, roles) => {
  await expect(operate(email, roles)).rejects.toMatchObject({ name: 'WrongInput' })
})

test('O4 a live venue has its operators before it is started for the first time', async () => {
  const fresh = join(data, 'fresh')
  expect(await runOperatorSet('eve@example.org', { data: fresh, roles: 'risk' }, {})).toBe(0)
})

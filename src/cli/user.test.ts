import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { UserId } from '../core/domain/ids.ts'
import { IdentityStore } from '../server/access/identity-store.ts'
import { masterKeyInFile } from '../server/access/master-key.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { runKeyRevoke, runUserList } from './user.ts'

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

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { UserId } from '../core/domain/ids.ts'
import { IdentityStore } from '../server/access/identity-store.ts'
import { masterKeyInFile, parseMasterKey } from '../server/access/master-key.ts'
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

/** The data folder is held meanwhile: a running venue knows its keys by heart and would not see the change. */
async function withIdentities(
  data: string,
  env: NodeJS.ProcessEnv,
  work: (identities: IdentityStore) => Promise<number>,
): Promise<number> {
  const file = join(data, 'identity.sqlite')
  const url = env['DATABASE_URL']
  const given = env['FULCRUM_MASTER_KEY']
  if (!existsSync(url === undefined ? file : data)) {
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

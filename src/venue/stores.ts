import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { UserId } from '../core/domain/ids.ts'
import { IdentityStore } from '../server/access/identity-store.ts'
import { ephemeralMasterKey, masterKeyInFile, parseMasterKey } from '../server/access/master-key.ts'
import { OutboxStore } from '../server/notices/outbox-store.ts'
import type { OpenReadModel } from '../server/projections/read-model.ts'
import { openReadModel } from '../server/projections/read-model.ts'
import { quietUsersOf } from './market.ts'
import type { VenueOptions } from './options.ts'

/** The databases beside the journal: what can be rebuilt from it, and what must never be in it. */
export interface Stores {
  readonly readModel: OpenReadModel
  readonly identities: IdentityStore
  readonly outbox: OutboxStore
  /** May grow. */
  readonly quietUsers: Set<UserId>
}

export async function openStores(
  options: VenueOptions,
  onFailure: (error: unknown) => void,
): Promise<Stores> {
  const { dataFolder: folder, databaseUrl, masterKey } = options
  if (folder !== null) mkdirSync(folder, { recursive: true })
  const inFolder = (name: string): string => (folder === null ? ':memory:' : join(folder, name))
  const key =
    masterKey !== null
      ? parseMasterKey(masterKey, 'FULCRUM_MASTER_KEY')
      : folder === null
        ? ephemeralMasterKey()
        : masterKeyInFile(join(folder, 'master.key'))
  const identities = await IdentityStore.open(databaseUrl ?? inFolder('identity.sqlite'), key)
  const quietUsers = await quietUsersOf(identities)
  const history = historyOf(folder)
  const outbox = await OutboxStore.open(databaseUrl ?? inFolder('outbox.sqlite'), key, history)
  const readModel = await openReadModel({
    location: databaseUrl ?? inFolder('read-model.sqlite'),
    history,
    threaded: folder !== null && databaseUrl === null,
    quietUsers,
    onFailure,
  })
  return { readModel, identities, outbox, quietUsers }
}

/**
 * What names a journal's history, so that a read model of another one is never taken for its own: a new name where
 * there is no journal yet, or no longer.
 */
function historyOf(folder: string | null): string {
  if (folder === null) return randomUUID()
  const path = join(folder, 'history-id')
  if (!existsSync(path) || !existsSync(join(folder, 'journal'))) {
    writeFileSync(path, `${randomUUID()}\n`)
  }
  return readFileSync(path, 'utf8').trim()
}

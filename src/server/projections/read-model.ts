import { isPostgresUrl } from '../sql/postgres.ts'
import { openPostgresStore } from './postgres-store.ts'
import { Projector, type ProjectorOptions } from './projector.ts'
import { type Queries, queriesOf } from './queries.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { HistorySource } from './store.ts'

export interface ReadModelOptions extends ProjectorOptions, HistorySource {
  /** PostgreSQL if a URL, else a SQLite file, or `:memory:`. */
  readonly location: string
  /** The schema that the read model has in PostgreSQL to itself. */
  readonly schema?: string
  /** Write to the SQLite file in a thread of its own. */
  readonly threaded?: boolean
}

/** The histories and what fills them. `projector.close()` closes both. */
export interface OpenReadModel {
  readonly projector: Projector
  readonly queries: Queries
}

/**
 * Opens the read model where it was left. Every outcome after `projector.applied` has then to be offered, in sequence.
 * One that was filled from another history (before a snapshot was restored, say) is made anew, empty.
 */
export async function openReadModel(options: ReadModelOptions): Promise<OpenReadModel> {
  const { location, history, latest, schema = 'fulcrum_read_model', threaded = false } = options
  const store = isPostgresUrl(location)
    ? await openPostgresStore({ url: location, schema, history, latest })
    : await openSqliteStore({ path: location, history, latest, threaded })
  const projector = await Projector.open(store, options)
  return { projector, queries: queriesOf(store.database) }
}

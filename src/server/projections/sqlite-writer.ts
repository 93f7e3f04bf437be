import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { assert } from '../../core/assert.ts'
import type { Batch, Change } from './batch.ts'
import { sqliteStatement, statementName } from './statements.ts'
import type { BatchWriter } from './store.ts'

/** Writes batches to a SQLite database, synchronously, with statements prepared once. */
export class SqliteWriter implements BatchWriter {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  write(batch: Batch): void {
    this.#database.exec('begin immediate')
    try {
      for (const change of batch.changes) this.#apply(change)
      this.#moveCursor(batch)
      this.#database.exec('commit')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw error
    }
  }

  /** The connection belongs to whoever opened it. */
  close(): void {
    this.#statements.clear()
  }

  #apply(change: Change): void {
    const statement = this.#prepared(statementName(change), () => sqliteStatement(change))
    for (const row of change.rows) statement.run(...row)
  }

  #moveCursor(batch: Batch): void {
    const move = 'update projection_cursor set applied = ? where applied = ?'
    const { changes } = this.#prepared('cursor', () => move).run(batch.to, batch.from)
    assert(Number(changes) === 1, 'the read model has one writer')
  }

  #prepared(name: string, text: () => string): StatementSync {
    const known = this.#statements.get(name)
    if (known !== undefined) return known
    const statement = this.#database.prepare(text())
    this.#statements.set(name, statement)
    return statement
  }
}

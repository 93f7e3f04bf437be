import type { Sequence } from '../../core/domain/ids.ts'
import { type ColumnName, type Row, TABLES, type TableName, tableOf } from './tables.ts'

export type Cell = bigint | number | string | null

/** Rows to be written by one statement, in the order of its columns. Plain data: it crosses threads. */
export interface Change {
  /** `prune` deletes the rows equal in all columns but the last, in which they are less. */
  readonly kind: 'insert' | 'replace' | 'update' | 'delete' | 'prune'
  readonly table: TableName
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** What a run of outcomes does to the read model. Written wholly or not at all. */
export interface Batch {
  readonly from: Sequence
  readonly to: Sequence
  readonly changes: readonly Change[]
}

type Patch = Record<string, Cell>

/** Rows that change after they were written: only the last state in a batch reaches the database. */
class KeyedRows<T extends TableName> {
  readonly #table: T
  readonly #key: string
  readonly #inserted = new Map<number, Row<T>>()
  readonly #patched = new Map<number, Patch>()
  readonly #deleted = new Set<number>()

  constructor(table: T) {
    this.#table = table
    this.#key = tableOf(table).key[0] as string
  }

  insert(id: number, row: Row<T>): void {
    this.#inserted.set(id, row)
  }

  patch(id: number, patch: Partial<Row<T>>): void {
    const row = this.#inserted.get(id)
    if (row !== undefined) Object.assign(row, patch)
    else this.#patched.set(id, Object.assign(this.#patched.get(id) ?? {}, patch) as Patch)
  }

  delete(id: number): void {
    if (this.#inserted.delete(id)) return
    this.#patched.delete(id)
    this.#deleted.add(id)
  }

  changes(): Change[] {
    const changes: Change[] = []
    if (this.#deleted.size > 0) {
      const rows = [...this.#deleted].map((id) => [id])
      changes.push({ kind: 'delete', table: this.#table, columns: [this.#key], rows })
    }
    if (this.#inserted.size > 0)
      changes.push(written('insert', this.#table, this.#inserted.values()))
    return [...changes, ...this.#updates()]
  }

  /** One statement for each set of columns that rows were patched in. */
  #updates(): Change[] {
    const byColumns = new Map<string, { columns: string[]; rows: Cell[][] }>()
    for (const [id, patch] of this.#patched) {
      const columns = Object.keys(patch).sort()
      const name = columns.join()
      const group = byColumns.get(name) ?? { columns, rows: [] }
      byColumns.set(name, group)
      group.rows.push([id, ...columns.map((column) => patch[column] as Cell)])
    }
    return [...byColumns.values()].map(({ columns, rows }) => ({
      kind: 'update',
      table: this.#table,
      columns: [this.#key, ...columns],
      rows,
    }))
  }
}

/** Collects what events do to the tables, statement by statement. */
export class BatchBuilder {
  readonly orders = new KeyedRows('orders')
  readonly quietOrders = new KeyedRows('quiet_orders')
  readonly orderLists = new KeyedRows('order_lists')
  readonly users = new KeyedRows('users')
  readonly liquidations = new KeyedRows('liquidations')
  readonly policyChanges = new KeyedRows('policy_changes')
  readonly #appended = new Map<TableName, unknown[]>()
  readonly #changes: Change[] = []

  /** Adds a row that will never change. */
  append<T extends TableName>(table: T, row: Row<T>): void {
    const rows = this.#appended.get(table)
    if (rows === undefined) this.#appended.set(table, [row])
    else rows.push(row)
  }

  /** Writes rows over those with the same key. */
  replace<T extends TableName>(table: T, rows: Iterable<Row<T>>): void {
    const change = written('replace', table, rows)
    if (change.rows.length > 0) this.#changes.push(change)
  }

  prune<T extends TableName>(
    table: T,
    columns: readonly ColumnName<T>[],
    rows: readonly (readonly Cell[])[],
  ): void {
    if (rows.length > 0) this.#changes.push({ kind: 'prune', table, columns, rows })
  }

  build(from: Sequence, to: Sequence): Batch {
    const appended = [...this.#appended].map(([table, rows]) =>
      written('insert', table, rows as Row<TableName>[]),
    )
    const { orders, quietOrders, orderLists, users, liquidations, policyChanges } = this
    const keyed = [orders, quietOrders, orderLists, users, liquidations, policyChanges]
    const changes = [...keyed.flatMap((rows) => rows.changes()), ...appended, ...this.#changes]
    return { from, to, changes }
  }
}

function written<T extends TableName>(
  kind: 'insert' | 'replace',
  table: T,
  rows: Iterable<Row<T>>,
): Change {
  const columns = Object.keys(TABLES[table].columns)
  const cells = Array.from(rows, (row) =>
    columns.map((column) => (row as Record<string, Cell>)[column] as Cell),
  )
  return { kind, table, columns, rows: cells }
}

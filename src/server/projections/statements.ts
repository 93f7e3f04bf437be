import type { Change } from './batch.ts'
import { tableOf } from './tables.ts'

/** Equal for changes that the same statement can write. */
export function statementName(change: Change): string {
  return `${change.kind}:${change.table}:${change.columns.join()}`
}

/** Writes one row; its cells are the parameters. */
export function sqliteStatement(change: Change): string {
  const { table, columns } = change
  const matched = columns.map((column, i) => `${column} ${comparison(change, i)} ?${i + 1}`)
  switch (change.kind) {
    case 'insert':
    case 'replace':
      return `insert into ${table} (${columns}) values (${columns.map(() => '?')})${replacing(change)}`
    case 'update':
      return `update ${table} set ${matched.slice(1)} where ${matched[0]}`
    case 'delete':
    case 'prune':
      return `delete from ${table} where ${matched.join(' and ')}`
  }
}

/** Writes any number of rows; its parameters are the columns, each an array. */
export function postgresStatement(change: Change): string {
  const { table, columns } = change
  const types = tableOf(table).columns
  const arrays = columns.map((column, i) => {
    const type = types[column]?.startsWith('integer') ? 'bigint' : 'text'
    return `$${i + 1}::${type}[]`
  })
  const source = `unnest(${arrays}) as given(${columns})`
  const matched = columns.map(
    (column, i) => `${table}.${column} ${comparison(change, i)} given.${column}`,
  )
  const assigned = columns.slice(1).map((column) => `${column} = given.${column}`)
  switch (change.kind) {
    case 'insert':
    case 'replace':
      return `insert into ${table} (${columns}) select * from ${source}${replacing(change)}`
    case 'update':
      return `update ${table} set ${assigned} from ${source} where ${matched[0]}`
    case 'delete':
    case 'prune':
      return `delete from ${table} using ${source} where ${matched.join(' and ')}`
  }
}

function comparison(change: Change, index: number): '=' | '<' {
  return change.kind === 'prune' && index === change.columns.length - 1 ? '<' : '='
}

function replacing(change: Change): string {
  if (change.kind !== 'replace') return ''
  const key = tableOf(change.table).key
  const others = change.columns.filter((column) => !key.includes(column))
  const set = others.map((column) => `${column} = excluded.${column}`)
  return ` on conflict (${key}) do update set ${set}`
}

import type { SymbolIndex } from '../../core/domain/ids.ts'

const NO_PAIR = -1n

/** The pair of an isolated account as a `pair` column holds it; a number in place of null, so that it can be asked for. */
export function pairColumn(pair: SymbolIndex | null): bigint {
  return pair === null ? NO_PAIR : BigInt(pair)
}

export function pairFrom(column: bigint): SymbolIndex | null {
  return column === NO_PAIR ? null : (Number(column) as SymbolIndex)
}

/** As a filter takes it; undefined: any. */
export function pairAsked(pair: SymbolIndex | null | undefined): bigint | undefined {
  return pair === undefined ? undefined : pairColumn(pair)
}

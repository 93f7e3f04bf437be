/** No slot, no level, no node: what ends a chain. */
export const NONE = -1

export function doubledIntegers(column: Int32Array): Int32Array<ArrayBuffer> {
  const doubled = new Int32Array(column.length * 2)
  doubled.set(column)
  return doubled
}

export function doubledFloats(column: Float64Array): Float64Array<ArrayBuffer> {
  const doubled = new Float64Array(column.length * 2)
  doubled.set(column)
  return doubled
}

/** The place of the lowest bit that is set, of at least one. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

/** One measured figure, as `npm run bench` prints and writes it. */
export interface BenchRow {
  readonly bench: string
  readonly case: string
  readonly metric: string
  readonly unit: string
  /** The median of `runs` runs, of which `min` and `max` are the extremes. */
  readonly value: number
  readonly peer?: string
  /** The peer's median, measured in turn with ours in the same process. */
  readonly peerValue?: number
  /** How many times better we are than the peer; below 1 we are worse. */
  readonly ratio?: number
  readonly runs: number
  readonly min: number
  readonly max: number
}

/** Of an even count the upper middle one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

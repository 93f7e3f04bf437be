/** What one source says, and how much it weighs against the others. Both positive. */
export interface WeightedPrice {
  readonly price: bigint
  readonly weight: bigint
}

/**
 * The price that half of all weight lies at or below, and half at or above; null of nothing. Where two prices part the
 * weight exactly in half it is the middle between them, rounded down. Whoever has less than half of the weight cannot
 * bring it outside what the others say (rule X1).
 */
export function weightedMedian(prices: readonly WeightedPrice[]): bigint | null {
  const ascending = [...prices].sort((a, b) => (a.price < b.price ? -1 : a.price > b.price ? 1 : 0))
  const total = ascending.reduce((sum, { weight }) => sum + weight, 0n)
  let below = 0n
  for (const [place, { price, weight }] of ascending.entries()) {
    below += weight
    if (below * 2n > total) return price
    if (below * 2n === total) return (price + (ascending[place + 1]?.price ?? price)) / 2n
  }
  return null
}

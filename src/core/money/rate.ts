import type { Brand } from './brand.ts'

/** A dimensionless ratio (a fee, an interest rate, a haircut weight, a margin level) as a count of 10⁻¹². */
export type Rate = Brand<bigint, 'Rate'>

export const RATE_DECIMALS = 12
export const RATE_SCALE = 10n ** BigInt(RATE_DECIMALS)

export const ONE = RATE_SCALE as Rate

import type { TimestampMs } from '../domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../domain/ids.ts'
import type { EligibilityCondition } from '../domain/rejection.ts'
import type { Policy } from '../domain/venue.ts'
import type { KycState } from '../domain/wallet.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_DECIMALS } from '../money/amount.ts'
import { formatDecimal } from '../money/decimal.ts'
import { divFloor } from '../money/rounding.ts'

/** Rule E2: the average is over the latest seven days of full hours. */
export const SAMPLE_HOURS = 168
/** Rule E3. */
const FUNDED_MS_MIN = 7 * DAY_MS

export interface EligibilityInput {
  readonly kyc: KycState
  /** The disclosure version accepted last; null: none. */
  readonly disclosure: string | null
  readonly policy: Policy
  readonly firstDepositMs: number | null
  readonly nowMs: number
  /** Equity over all wallets at each full hour in 10⁻⁸ USDT, latest last. Hours missing before them count as zero. */
  readonly samples: readonly bigint[]
  /** What the coming samples would be if balances stay as they are. */
  readonly currentEquity: Amount
  readonly mode: 'CROSS' | 'ISOLATED'
}

export interface Eligibility {
  readonly eligible: boolean
  /** Every condition of the mode, met or not (rule E6). */
  readonly conditions: readonly EligibilityCondition[]
  /** USDT, rounded down; conditions compare the exact sum. */
  readonly average: Amount
  /** When the conditions on time and balance are met if balances stay; null: never, or the others are not met. */
  readonly eligibleAtMs: TimestampMs | null
}

/** Rules E1–E6 for cross margin, M4 for isolated margin. */
export function judgeEligibility(input: EligibilityInput): Eligibility {
  const { policy, mode } = input
  const hours = latestHours(input.samples)
  const sum = hours.reduce((total, sample) => total + sample, 0n)
  const average = divFloor(sum, BigInt(SAMPLE_HOURS)) as Amount
  const required =
    mode === 'CROSS' ? policy.minimumAverageBalance : policy.isolatedMinimumAverageBalance
  const balance = { required, sum, average }
  const identity = [knownCustomer(input), disclosureAccepted(input)]
  const funding =
    mode === 'CROSS'
      ? [fundedLongEnough(input), averageReached('E4', balance)]
      : [averageReached('M4', balance)]
  const conditions = [...identity, ...funding].sort((a, b) => (a.rule < b.rule ? -1 : 1))
  const identified = identity.every(({ met }) => met)
  return {
    eligible: conditions.every(({ met }) => met),
    conditions,
    average,
    eligibleAtMs: identified ? fundedAtMs(input, required, hours, sum) : null,
  }
}

/** The window of rule E2 as 168 sums, oldest first. */
function latestHours(samples: readonly bigint[]): bigint[] {
  const latest = samples.slice(-SAMPLE_HOURS)
  return [...new Array<bigint>(SAMPLE_HOURS - latest.length).fill(0n), ...latest]
}

function knownCustomer({ kyc }: EligibilityInput): EligibilityCondition {
  return { rule: 'E1', met: kyc === 'APPROVED', have: kyc, need: 'APPROVED' }
}

function disclosureAccepted({ disclosure, policy }: EligibilityInput): EligibilityCondition {
  const need = policy.disclosureVersion
  return { rule: 'E5', met: disclosure === need, have: disclosure ?? 'none', need }
}

function fundedLongEnough({
  policy,
  firstDepositMs,
  nowMs,
}: EligibilityInput): EligibilityCondition {
  const fundedMs = firstDepositMs === null ? null : nowMs - firstDepositMs
  return {
    rule: 'E3',
    met: policy.minimumAverageBalance === null || (fundedMs !== null && fundedMs >= FUNDED_MS_MIN),
    have: fundedMs === null ? 'no deposit' : daysAndHours(fundedMs),
    need: daysAndHours(policy.minimumAverageBalance === null ? 0 : FUNDED_MS_MIN),
  }
}

interface Balance {
  /** Null: no gate. */
  readonly required: Amount | null
  readonly sum: bigint
  readonly average: Amount
}

function averageReached(
  rule: 'E4' | 'M4',
  { required, sum, average }: Balance,
): EligibilityCondition {
  return {
    rule,
    met: reaches(sum, required),
    have: usdt(average),
    need: usdt(required ?? (0n as Amount)),
  }
}

/** Whether an average is enough, by its sum: nothing is rounded. */
function reaches(sum: bigint, required: Amount | null): boolean {
  return required === null || sum >= required * BigInt(SAMPLE_HOURS)
}

/**
 * The first moment at which balance and time suffice, if every coming hour samples the current equity. With each hour
 * the oldest sample leaves the window, so an average that suffices now may not when the seven days are over.
 */
function fundedAtMs(
  input: EligibilityInput,
  required: Amount | null,
  hours: readonly bigint[],
  sum: bigint,
): TimestampMs | null {
  const { nowMs, firstDepositMs, mode, currentEquity } = input
  if (required === null) return nowMs as TimestampMs
  const seasoned = mode === 'CROSS' ? firstDepositMs : nowMs - FUNDED_MS_MIN
  if (seasoned === null) return null
  const notBeforeMs = Math.max(nowMs, seasoned + FUNDED_MS_MIN)
  const lastHourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS
  let windowSum = sum
  for (let passed = 0; passed <= SAMPLE_HOURS; passed += 1) {
    const fromMs = Math.max(lastHourMs + passed * HOUR_MS, notBeforeMs)
    const inThisHour = fromMs < lastHourMs + (passed + 1) * HOUR_MS || passed === SAMPLE_HOURS
    if (inThisHour && reaches(windowSum, required)) return fromMs as TimestampMs
    windowSum += currentEquity - (hours[passed] ?? 0n)
  }
  return null
}

function usdt(amount: Amount): string {
  return `${formatDecimal(amount, AMOUNT_DECIMALS)} USDT`
}

/** Full hours, so that "7 d 0 h" is never said too early. */
function daysAndHours(durationMs: number): string {
  const days = Math.floor(durationMs / DAY_MS)
  const hours = Math.floor((durationMs - days * DAY_MS) / HOUR_MS)
  return `${days} d ${hours} h`
}

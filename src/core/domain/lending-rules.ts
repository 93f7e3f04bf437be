import { AMOUNT_DECIMALS, AMOUNT_MAX } from '../money/amount.ts'
import { decimal } from '../money/decimal.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import type { Fault } from './document-shape.ts'
import {
  decimalText,
  listOf,
  matching,
  nullable,
  objectOf,
  optional,
  wholeNumber,
} from './document-shape.ts'
import type { AssetDocument, LendingDocument, VipDocument } from './venue-document.ts'

const fraction = decimalText(RATE_DECIMALS, 0n, RATE_SCALE)
const positiveFraction = decimalText(RATE_DECIMALS, 1n, RATE_SCALE)
const partialFraction = decimalText(RATE_DECIMALS, 1n, RATE_SCALE - 1n)
const ratio = decimalText(RATE_DECIMALS, 1n, RATE_SCALE * 1_000n)
const positiveAmount = decimalText(AMOUNT_DECIMALS, 1n, AMOUNT_MAX)
const code = matching(/^[A-Z0-9]{2,20}$/, 'the code of an asset')

export const rateCurveShape = objectOf({
  kink: partialFraction,
  atKink: fraction,
  atFull: fraction,
})

export const lendingShape = objectOf({
  vip: optional(listOf(objectOf({ borrowLimit: ratio, interest: positiveFraction }))),
  smallDebt: optional(objectOf({ below: positiveAmount, everyMs: wholeNumber })),
  interestInBnb: optional(nullable(objectOf({ asset: code, discount: partialFraction }))),
})

/** A rate that fell as less is left would call for more borrowing just when the pool runs dry. */
export function curveFaults(
  { dailyInterestRate, rateCurve }: AssetDocument,
  path: string,
): Fault[] {
  if (!rateCurve) return []
  const faults: Fault[] = []
  if (rateOf(rateCurve.atKink) < rateOf(dailyInterestRate)) {
    faults.push({ path: `${path}.atKink`, message: 'is below dailyInterestRate' })
  }
  if (rateOf(rateCurve.atFull) < rateOf(rateCurve.atKink)) {
    faults.push({ path: `${path}.atFull`, message: 'is below atKink' })
  }
  return faults
}

export function lendingFaults(
  { vip, interestInBnb }: Partial<LendingDocument>,
  assets: readonly AssetDocument[],
): Fault[] {
  const faults = vipFaults(vip ?? [])
  const bnb = interestInBnb?.asset
  if (bnb !== undefined && !assets.some((item) => item.code === bnb)) {
    const path = 'policy.lending.interestInBnb.asset'
    faults.push({ path, message: `${bnb} is not among the assets` })
  }
  return faults
}

function vipFaults(levels: readonly VipDocument[]): Fault[] {
  return levels.flatMap((level, index) => {
    const before = levels[index - 1] ?? { borrowLimit: '1', interest: '1' }
    const path = `policy.lending.vip[${index}]`
    const faults: Fault[] = []
    if (rateOf(level.borrowLimit) < rateOf(before.borrowLimit)) {
      faults.push({ path: `${path}.borrowLimit`, message: 'must not fall by level' })
    }
    if (rateOf(level.interest) > rateOf(before.interest)) {
      faults.push({ path: `${path}.interest`, message: 'must not rise by level' })
    }
    return faults
  })
}

function rateOf(decimalText: string): bigint {
  return decimal(decimalText, RATE_DECIMALS)
}

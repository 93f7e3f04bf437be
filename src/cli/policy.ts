import type { VenueDocument } from '../core/domain/venue-document.ts'
import { loadProfile, ProfileFault } from '../venue/profile.ts'

/** Prints whether a profile can be used, or every fault and where it is. The exit code: 1 when it cannot. */
export function runPolicyCheck(profile: string): number {
  try {
    const { name, assets, symbols, policy } = loadProfile(profile)
    const markets = `${assets.length} assets, ${symbols.length} symbols`
    console.log(`ok: ${name}, policy ${policy.profile}, ${markets}`)
    return 0
  } catch (error) {
    if (!(error instanceof ProfileFault)) throw error
    console.error(`fulcrum policy check: ${error.message}`)
    return 1
  }
}

/** Prints every field in which two profiles differ. The exit code, as of diff: 0 when they are the same, 1 when not. */
export function runPolicyDiff(from: string, to: string): number {
  const lines = differences(loadProfile(from), loadProfile(to))
  for (const line of lines) console.log(line)
  if (lines.length === 0) console.log('no difference')
  return lines.length === 0 ? 0 : 1
}

type Scalar = string | number | boolean | null

/**
 * Where a larger value binds users more, and where less. Fields whose effect depends on the side one is on, such as
 * fees and interest, are in neither. Null is no rule at all.
 */
const TIGHTER_WHEN_LARGER = new Set([
  'minimumAverageBalance',
  'isolatedMinimumAverageBalance',
  'recheckBalance',
  'exclusiveModes',
  'transferOut',
  'borrow',
  'marginCall',
  'liquidation',
  'minimumBorrow',
  'minimumQuantity',
  'minimumNotional',
  'minimumLiveSources',
])
const TIGHTER_WHEN_SMALLER = new Set([
  'exitCrossEquityMax',
  'positionInitialMarginCap',
  'defaultLeverage',
  'indexPriceAgeMaxMs',
  'ownTradesWeight',
  'clampBand',
  'silenceMaxMs',
  'rateLimitPerHour',
  'movePerDayMax',
  'borrowable',
  'weight',
  'upTo',
  'userBorrowLimit',
  'venueBorrowCap',
  'maximumQuantity',
  'marketMaximumQuantity',
  'maximumNotional',
  'maximumOpenOrders',
  'margin',
])

/** A line for each field that differs: where, what it was and is, and whether that tightens or loosens. */
export function differences(from: VenueDocument, to: VenueDocument): string[] {
  const before = fieldsOf(from)
  const after = fieldsOf(to)
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths.flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)]
    if (old === now) return []
    return [`${path}: ${textOf(old)} → ${textOf(now)}${effectOf(path, old, now)}`]
  })
}

function textOf(value: Scalar | undefined): string {
  return value === undefined ? 'absent' : value === null ? 'none' : String(value)
}

function effectOf(path: string, old: Scalar | undefined, now: Scalar | undefined): string {
  const field = path.slice(path.lastIndexOf('.') + 1)
  const larger = TIGHTER_WHEN_LARGER.has(field)
  if (old === undefined || now === undefined) return ''
  if (!larger && !TIGHTER_WHEN_SMALLER.has(field)) return ''
  const noRule = larger ? -Infinity : Infinity
  const change = (now === null ? noRule : Number(now)) - (old === null ? noRule : Number(old))
  if (change === 0) return ''
  return change > 0 === larger ? ' (tightening)' : ' (loosening)'
}

/** Every value by its path; what has a code or a symbol is named by it, so that order makes no difference. */
function fieldsOf(node: unknown, path = '', found = new Map<string, Scalar>()) {
  if (typeof node !== 'object' || node === null) {
    found.set(path, node as Scalar)
    return found
  }
  for (const [key, value] of Object.entries(node)) {
    const name = Array.isArray(node) ? (value.code ?? value.symbol ?? key) : key
    fieldsOf(value, path === '' ? name : `${path}.${name}`, found)
  }
  return found
}

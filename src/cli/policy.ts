import type { DocumentValue, PolicyEffect } from '../core/domain/policy-difference.ts'
import { policyDifferences } from '../core/domain/policy-difference.ts'
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

const EFFECTS: Readonly<Record<PolicyEffect, string>> = {
  TIGHTENING: ' (tightening)',
  LOOSENING: ' (loosening)',
  EITHER: ' (counts as loosening)',
  FIXED: ' (cannot change while the venue runs)',
  NONE: '',
}

/** A line for each field that differs: where, what it was and is, and what that means for a running venue (rule O2). */
export function differences(from: VenueDocument, to: VenueDocument): string[] {
  return policyDifferences(from, to).map(
    ({ path, from: old, to: now, effect }) =>
      `${path}: ${textOf(old)} → ${textOf(now)}${EFFECTS[effect]}`,
  )
}

function textOf(value: DocumentValue | undefined): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'none'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

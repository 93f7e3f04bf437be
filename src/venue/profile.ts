import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Fault } from '../core/domain/parse-venue.ts'
import { validateVenueDocument } from '../core/domain/parse-venue.ts'
import type { VenueDocument } from '../core/domain/venue-document.ts'

/** A profile that cannot be used; the message says every fault and where it is. */
export class ProfileFault extends Error {
  override readonly name = 'ProfileFault'
}

export const PROFILES = ['classic', 'binance'] as const

const folder = new URL('../../profiles/', import.meta.url)

/**
 * The venue a profile names, validated.
 *
 * `profile` is `classic`, `binance`, or the path of an operator's own JSON file: a whole venue document, or a
 * policy alone, which then governs the markets that come with Fulcrum. Raises `ProfileFault`.
 */
export function loadProfile(profile: string): VenueDocument {
  const shipped = PROFILES.some((name) => name === profile)
  const path = shipped ? fileURLToPath(new URL(`${profile}.json`, folder)) : profile
  const read = readJson(path)
  const validated = validateVenueDocument(isWhole(read) ? read : withMarkets(read))
  if ('faults' in validated) throw new ProfileFault(explain(path, validated.faults))
  return validated.document
}

function isWhole(read: unknown): boolean {
  return typeof read === 'object' && read !== null && 'policy' in read
}

function withMarkets(policy: unknown): unknown {
  const markets = readJson(fileURLToPath(new URL('markets.json', folder))) as object
  return { name: 'Fulcrum', ...markets, policy }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ProfileFault(`${path} is not JSON`, { cause })
    const known = `it is neither a file nor ${PROFILES.join(' or ')}`
    throw new ProfileFault(`${path} cannot be read: ${known}`, { cause })
  }
}

function explain(path: string, faults: readonly Fault[]): string {
  const lines = faults.map((fault) => `  ${fault.path}: ${fault.message}`)
  return [`${path} does not describe a venue:`, ...lines].join('\n')
}

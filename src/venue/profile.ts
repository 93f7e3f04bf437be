import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Fault } from '../core/domain/parse-venue.ts'
import { validateVenueDocument } from '../core/domain/parse-venue.ts'
import type { VenueDocument } from '../core/domain/venue-document.ts'

export const PROFILES = ['classic', 'binance'] as const

const folder = new URL('../../profiles/', import.meta.url)

/**
 * The venue a profile names, validated.
 *
 * `profile` is `classic`, `binance`, or the path of an operator's own JSON file: a whole venue document, or a
 * policy alone, which then governs the markets that come with Fulcrum. Throws with every fault and where it is.
 */
export function loadProfile(profile: string): VenueDocument {
  const shipped = PROFILES.some((name) => name === profile)
  const path = shipped ? fileURLToPath(new URL(`${profile}.json`, folder)) : profile
  const read = readJson(path)
  const validated = validateVenueDocument(isWhole(read) ? read : withMarkets(read))
  if ('faults' in validated) throw new Error(explain(path, validated.faults))
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
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${path} is not JSON`, { cause })
  }
}

function explain(path: string, faults: readonly Fault[]): string {
  const lines = faults.map((fault) => `  ${fault.path}: ${fault.message}`)
  return [`${path} does not describe a venue:`, ...lines].join('\n')
}

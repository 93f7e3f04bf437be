import { readFileSync } from 'node:fs'
import { parseVenue } from '../../src/core/domain/parse-venue.ts'
import type { Venue } from '../../src/core/domain/venue.ts'
import type { OrderRulesDocument, VenueDocument } from '../../src/core/domain/venue-document.ts'

/** The venue of the shipped profiles, without an engine; `orderRules` of each symbol as given. */
export function profileVenue(orderRules: Partial<OrderRulesDocument> = {}): Venue {
  const document = profileDocument()
  const symbols = document.symbols.map((symbol) => ({ ...symbol, orderRules }))
  return parseVenue({ ...document, symbols })
}

export function profileDocument(): VenueDocument {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../profiles/${name}.json`, import.meta.url), 'utf8'))
  return { name: 'Test', ...read('markets'), policy: read('classic') }
}

import { assert } from '../../../src/core/assert.ts'
import type { PolicyDocument, VenueDocument } from '../../../src/core/domain/venue-document.ts'
import { apply } from '../../../src/core/engine/engine.ts'
import { assertSound } from '../../../src/core/engine/invariants.ts'
import { decodeState, encodeState } from '../../../src/core/engine/snapshot.ts'
import { createState } from '../../../src/core/engine/state.ts'
import { bigintText, TestExchange } from '../../../src/core/engine/test-exchange.ts'
import { Prng } from '../../../src/server/feed/prng.ts'
import { Auditor } from '../../../src/sim/auditor.ts'
import { loadProfile } from '../../../src/venue/profile.ts'
import type { RuleFunction } from './removed-rules.ts'

/**
 * Takes a protecting rule away, for the negative twin: by policy, or by replacing the functions that are the rule. The
 * scenario must then fail at the claim named by `breaks`.
 */
export type Without = { readonly rule: string; readonly breaks: string } & (
  | { readonly document: (document: VenueDocument) => VenueDocument }
  | { readonly removed: readonly RuleFunction[] }
)

/** An incident of a real venue, played here. The scenario throws when what it must show does not hold. */
export interface Incident {
  readonly code: `S${number}`
  readonly title: string
  /** Null: nothing of it can be played yet. */
  readonly play: ((open: Open) => void) | null
  /** Without each of these rules the scenario must fail; there is at least one for each scenario. */
  readonly without: readonly Without[]
  /** What of the incident is not played, and which rule it waits for; null: all of it is. */
  readonly missing: string | null
}

/** Opens the exchange a scenario plays on; the twin opens the same one without the rule. */
export type Open = (document: VenueDocument) => TestExchange

export const KILL_SEED = Number(process.env['SEED'] ?? 19)

/** Plays an incident as the rules are or without one of them, then looks at what is left from outside. */
export function playIncident({ play }: Incident, without: Without | null): void {
  assert(play !== null, 'only what can be played is')
  const opened: TestExchange[] = []
  play((document) => {
    const weakened = without !== null && 'document' in without
    const exchange = new TestExchange(
      weakened ? without.document(document) : document,
      'at the end',
    )
    opened.push(exchange)
    return exchange
  })
  for (const exchange of opened) checkAfterwards(exchange)
}

/**
 * What every scenario ends with: all invariants, an auditor with books of its own, a standby that replays the journal to
 * the same bytes, and a process that died at some command and went on from its snapshot to the same bytes.
 */
function checkAfterwards({ state, history }: TestExchange): void {
  assertSound(state)
  const end = Buffer.from(encodeState(state))
  const diesAt = new Prng(KILL_SEED).below(history.length)
  const auditor = new Auditor()
  const standby = createState()
  let restarted = createState()
  for (const [index, sequenced] of history.entries()) {
    const outcome = apply(standby, sequenced)
    auditor.observe(sequenced, outcome)
    if (index === diesAt) restarted = decodeState(encodeState(standby))
    else if (index > diesAt) {
      const again = JSON.stringify(apply(restarted, sequenced), bigintText)
      assert(again === JSON.stringify(outcome, bigintText), 'a restarted venue does the same')
    }
  }
  const { violations } = auditor.finish(standby, '')
  assert(violations.length === 0, `the auditor agrees, but ${violations[0]}`)
  assert(end.equals(encodeState(standby)), 'a standby has the same bytes')
  assert(end.equals(encodeState(restarted)), 'a restarted venue has the same bytes')
}

/** No fees, no interest, no cap, no age of prices: so that levels are round numbers. */
export function plainVenue(policy: Partial<PolicyDocument> = {}): VenueDocument {
  const classic = loadProfile('classic')
  return {
    ...classic,
    assets: classic.assets.map((asset) => ({
      ...asset,
      dailyInterestRate: '0',
      rateCurve: null,
    })),
    policy: {
      ...classic.policy,
      makerFee: '0',
      takerFee: '0',
      positionInitialMarginCap: null,
      minimumAverageBalance: null,
      indexPriceAgeMaxMs: 10 * 86_400_000,
      trading: { ...classic.policy.trading, feeTiers: [] },
      ...policy,
    },
  }
}

type AssetDocument = VenueDocument['assets'][number]
type SymbolDocument = VenueDocument['symbols'][number]

export function withAsset(
  document: VenueDocument,
  code: string,
  patch: Partial<AssetDocument>,
): VenueDocument {
  const assets = document.assets.map((asset) =>
    asset.code === code ? { ...asset, ...patch } : asset,
  )
  return { ...document, assets }
}

export function withSymbol(
  document: VenueDocument,
  name: string,
  patch: Partial<SymbolDocument>,
): VenueDocument {
  const symbols = document.symbols.map((symbol) =>
    symbol.symbol === name ? { ...symbol, ...patch } : symbol,
  )
  return { ...document, symbols }
}

export function withPolicy(
  document: VenueDocument,
  policy: Partial<PolicyDocument>,
): VenueDocument {
  return { ...document, policy: { ...document.policy, ...policy } }
}

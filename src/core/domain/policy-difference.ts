import { decimal } from '../money/decimal.ts'
import { VALUE_DECIMALS } from '../money/price.ts'
import { ISOLATED_DEFAULT } from './isolated-policy.ts'
import {
  LOOSENING_DELAY_DEFAULT_MS,
  ORDER_RULES_DEFAULT,
  TRADING_DEFAULT,
} from './order-rules-default.ts'
import { policySenseOf } from './policy-sense.ts'
import type { AssetDocument, VenueDocument } from './venue-document.ts'

/** A value as a document holds it. */
export type DocumentValue =
  | string
  | number
  | boolean
  | null
  | readonly DocumentValue[]
  | { readonly [name: string]: DocumentValue }

/** `EITHER` binds some and frees others; `FIXED` cannot be done while the venue runs. */
export type PolicyEffect = 'TIGHTENING' | 'LOOSENING' | 'EITHER' | 'FIXED' | 'NONE'

/** A field in which two documents differ. Undefined: its section is not there. */
export interface PolicyDifference {
  readonly path: string
  readonly from: DocumentValue | undefined
  readonly to: DocumentValue | undefined
  readonly effect: PolicyEffect
}

/** Every field that differs, with what that does to the venue's risk (rule O2); defaults count as written. */
export function policyDifferences(
  before: VenueDocument,
  after: VenueDocument,
): readonly PolicyDifference[] {
  const old = fieldsOf(before)
  const now = fieldsOf(after)
  const paths = new Set([...old.keys(), ...now.keys()])
  return [...paths].flatMap((path) => {
    const from = old.get(path)
    const to = now.get(path)
    if (JSON.stringify(from ?? null) === JSON.stringify(to ?? null)) return []
    return [{ path, from, to, effect: policyEffectOf(path, from ?? null, to ?? null) }]
  })
}

/** Rule O2: whether anything in it needs a second person and time. What is not surely tightening does. */
export function isLoosening(differences: readonly PolicyDifference[]): boolean {
  return differences.some(({ effect }) => effect !== 'TIGHTENING' && effect !== 'NONE')
}

/** What changing one field does. Null: there is no such rule. */
export function policyEffectOf(path: string, from: DocumentValue, to: DocumentValue): PolicyEffect {
  const sense = policySenseOf(path)
  switch (sense) {
    case 'fixed':
      return 'FIXED'
    case 'either':
      return 'EITHER'
    case 'bands':
      return bandsEffect(from, to)
    case 'demand':
      return effectOf(compare(from, to, -1), 'TIGHTENING')
    case 'stop':
      return effectOf(compare(from, to, 1), 'TIGHTENING')
    case 'limit':
      return effectOf(compare(from, to, 1), 'LOOSENING')
  }
}

function effectOf(change: number, whenLarger: 'TIGHTENING' | 'LOOSENING'): PolicyEffect {
  if (change === 0) return 'NONE'
  const opposite = whenLarger === 'TIGHTENING' ? 'LOOSENING' : 'TIGHTENING'
  return change > 0 ? whenLarger : opposite
}

/** 1 when `to` is larger, -1 when smaller, 0 when the same. `none`: the side on which no value at all lies. */
function compare(from: DocumentValue, to: DocumentValue, none: 1 | -1): number {
  if (from === null || to === null) return from === to ? 0 : to === null ? none : -none
  const difference = scaled(to) - scaled(from)
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}

/** Exact, in 10⁻¹⁶; true is 1. */
function scaled(value: DocumentValue): bigint {
  return decimal(String(typeof value === 'boolean' ? Number(value) : value), VALUE_DECIMALS)
}

type Bands = AssetDocument['collateral']

/** Rule C1: tighter only where no unit of value, however much is held, counts for more than it did. */
function bandsEffect(from: DocumentValue, to: DocumentValue): PolicyEffect {
  const before = (from ?? []) as unknown as Bands
  const after = (to ?? []) as unknown as Bands
  const ends = [...before, ...after].flatMap(({ upTo }) => (upTo === null ? [] : [scaled(upTo)]))
  // A weight is the same from just past one end to the next: these points and one past all see every stretch.
  const points = [0n, ...ends]
  const changes = points.map((point) => weightPast(after, point) - weightPast(before, point))
  if (changes.some((change) => change > 0n)) return 'LOOSENING'
  return changes.some((change) => change < 0n) ? 'TIGHTENING' : 'NONE'
}

/** The weight of the next unit of value past `point`. */
function weightPast(bands: Bands, point: bigint): bigint {
  const band = bands.find(({ upTo }) => upTo === null || scaled(upTo) > point)
  if (band === undefined) return 0n
  return scaled(band.weight)
}

/** Every field by its path; assets and symbols stand by their names, so that their order makes no difference. */
function fieldsOf(document: VenueDocument): Map<string, DocumentValue> {
  const found = new Map<string, DocumentValue>()
  const { assets, symbols, policy, ...rest } = document
  const collect = (path: string, node: unknown) => collectFields(path, node as DocumentValue, found)
  for (const [name, value] of Object.entries(rest)) collect(name, value)
  for (const asset of assets) collect(`assets.${asset.code}`, { maximumPerOrder: null, ...asset })
  for (const symbol of symbols) {
    const orderRules = { ...ORDER_RULES_DEFAULT, ...symbol.orderRules }
    collect(`symbols.${symbol.symbol}`, { ...symbol, orderRules })
  }
  const looseningDelayMs = LOOSENING_DELAY_DEFAULT_MS
  const trading = { ...TRADING_DEFAULT, ...policy.trading }
  const isolated = { ...ISOLATED_DEFAULT, ...policy.isolated }
  collect('policy', { looseningDelayMs, ...policy, trading, isolated })
  return found
}

/** A list is one value: its elements mean nothing alone. */
function collectFields(path: string, node: DocumentValue, found: Map<string, DocumentValue>): void {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    found.set(path, node)
    return
  }
  for (const [name, value] of Object.entries(node)) {
    if (value !== undefined) collectFields(`${path}.${name}`, value, found)
  }
}

import type { EventOf } from '../core/domain/event.ts'
import type { PolicyChangeId } from '../core/domain/ids.ts'
import { DAY_MS } from '../core/domain/ids.ts'
import type { PolicyChangeDrafted } from '../core/domain/policy-event.ts'
import type { AssetDocument, VenueDocument } from '../core/domain/venue-document.ts'
import type { Report } from './audit-order.ts'

interface Followed {
  readonly draft: PolicyChangeDrafted
  effectMs: number
  approved: boolean
}

/** USDT values at which a holding's collateral is compared. */
const SAMPLES = [1, 1e3, 1e5, 1e7, 1e9]

/** Checks every change of policy against rules O1 to O3, with a plain notion of its own of what loosens. */
export class AuditPolicies {
  #document: VenueDocument
  readonly #report: Report
  readonly #open = new Map<PolicyChangeId, Followed>()

  constructor(document: VenueDocument, report: Report) {
    this.#document = document
    this.#report = report
  }

  draft(draft: PolicyChangeDrafted, nowMs: number): void {
    const { policyChangeId, loosening, effectMs } = draft
    const delayMs = loosening ? (this.#document.policy.looseningDelayMs ?? DAY_MS) : 0
    if (effectMs < nowMs + delayMs) this.#report(`O2 change ${policyChangeId} is too soon`)
    this.#open.set(policyChangeId, { draft, effectMs, approved: false })
  }

  approve({ policyChangeId, author, effectMs }: EventOf<'PolicyChangeApproved'>): void {
    const followed = this.#open.get(policyChangeId)
    if (followed === undefined || followed.approved) {
      this.#report(`O1 change ${policyChangeId} is not there to be approved`)
      return
    }
    const { draft } = followed
    if (draft.loosening && draft.author === author) this.#report(`O2 ${author} approves alone`)
    if (effectMs < draft.effectMs) this.#report(`O2 change ${policyChangeId} came forward`)
    followed.approved = true
    followed.effectMs = effectMs
  }

  end(policyChangeId: PolicyChangeId): void {
    if (!this.#open.delete(policyChangeId)) this.#report(`O1 no change ${policyChangeId} is open`)
  }

  /** The new document is the old one with what was drafted, and nothing else. */
  enact({ policyChangeId, document }: EventOf<'PolicyChanged'>, nowMs: number): void {
    const at = `change ${policyChangeId}`
    const followed = this.#open.get(policyChangeId)
    this.end(policyChangeId)
    if (followed === undefined) return
    if (!followed.approved) this.#report(`O2 ${at} is in force without approval`)
    if (nowMs < followed.effectMs) this.#report(`O2 ${at} is in force before its time`)
    if (loosens(this.#document, document) && !followed.draft.loosening) {
      this.#report(`O2 ${at} loosens and says it does not`)
    }
    const drafted = new Set(followed.draft.changes.map(({ path }) => path))
    for (const path of changedPaths(this.#document, document)) {
      if (![...drafted].some((one) => one.startsWith(path) || path.startsWith(one)))
        this.#report(`O3 ${at} changes ${path}, which was not drafted`)
    }
    this.#checkLevels(document, at)
    this.#document = document
  }

  #checkLevels({ policy }: VenueDocument, at: string): void {
    for (const { transferOut, borrow, marginCall, liquidation } of Object.values(policy.levels)) {
      const order = [transferOut, borrow, marginCall, liquidation, '1'].map(Number)
      const falls = order.every((level, index) => index === 0 || level < (order[index - 1] ?? 0))
      if (!falls) this.#report(`L1 ${at} leaves levels out of order`)
    }
  }
}

/** What anybody would call looser: more may be borrowed, more counts as collateral, a level or a gate is lower. */
function loosens(before: VenueDocument, after: VenueDocument): boolean {
  for (const [index, old] of before.assets.entries()) {
    const now = after.assets[index]
    if (now === undefined) continue
    if (Number(now.userBorrowLimit) > Number(old.userBorrowLimit)) return true
    if (Number(now.venueBorrowCap) > Number(old.venueBorrowCap)) return true
    if (SAMPLES.some((value) => counted(now, value) > counted(old, value) * (1 + 1e-12)))
      return true
  }
  for (const leverage of ['3', '5'] as const) {
    const [old, now] = [before.policy.levels[leverage], after.policy.levels[leverage]]
    for (const level of ['transferOut', 'borrow', 'marginCall', 'liquidation'] as const)
      if (Number(now[level]) < Number(old[level])) return true
  }
  const gate = ({ policy }: VenueDocument): number => Number(policy.minimumAverageBalance ?? 0)
  return gate(after) < gate(before)
}

function counted({ collateral }: AssetDocument, value: number): number {
  let counts = 0
  let from = 0
  for (const { upTo, weight } of collateral) {
    const to = Math.min(value, upTo === null ? value : Number(upTo))
    if (to > from) counts += (to - from) * Number(weight)
    from = Math.max(from, to)
  }
  return counts
}

/** Paths at which two documents differ, down to lists and single values. */
function changedPaths(before: unknown, after: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (!isSection(before) || !isSection(after)) return [path]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) => {
    const [old, now] = [before[name], after[name]]
    const isTable = path === '' && Array.isArray(old)
    const known = isTable ? byName(old) : old
    const at = path === '' ? name : `${path}.${name}`
    return changedPaths(known, isTable ? byName(now as unknown[]) : now, at)
  })
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function byName(list: readonly unknown[]): Record<string, unknown> {
  const named = list as readonly { code?: string; symbol?: string }[]
  return Object.fromEntries(named.map((each) => [each.code ?? each.symbol ?? '', each]))
}

import type { Refusal, RejectionReason } from '../core/domain/rejection.ts'
import { AMOUNT_DECIMALS, type Amount } from '../core/money/amount.ts'
import { formatDecimalShort } from '../core/money/decimal.ts'

export type RefusalOf<R extends RejectionReason> = Extract<Refusal, { readonly reason: R }>

/** One refusal on the wire. `data` names what `{name}` in the sentence stands for, and what else the client gets to read. */
export interface RefusalEntry<R extends RejectionReason> {
  readonly status: number
  readonly code: number
  readonly sentence: string
  readonly data: Readonly<Record<string, (refusal: RefusalOf<R>) => unknown>>
  /** Filled into the sentence alone: prose for what `data` holds in parts. */
  readonly prose?: Readonly<Record<string, (refusal: RefusalOf<R>) => string>>
}

export type RefusalTable = { readonly [R in RejectionReason]: RefusalEntry<R> }

export const BALANCE = {
  asset: (r: { asset: string }) => r.asset,
  have: (r: { have: Amount }) => text(r.have),
  need: (r: { need: Amount }) => text(r.need),
}

/** An amount for people, without zeros at its end. */
export function text(amount: Amount): string {
  return formatDecimalShort(amount, AMOUNT_DECIMALS)
}

/**
 * The band of the table of rule L1 that an account stands in, best first: it may take funds out, borrow, only trade; it
 * is called, it is liquidated. `NO_DEBT` is above all of them; `UNPRICED` means that nothing can be said.
 */
export const BANDS = [
  'NO_DEBT',
  'TRANSFER_OUT',
  'BORROW',
  'TRADE',
  'MARGIN_CALL',
  'LIQUIDATION',
  'UNPRICED',
] as const
export type Band = (typeof BANDS)[number]

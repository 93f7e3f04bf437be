import { BALANCE, type RefusalTable, text } from './refusal-entry.ts'

type LendingReason =
  | 'lending_claim_insufficient'
  | 'lending_pool_lent'
  | 'lending_suspended'
  | 'vip_level_unknown'
  | 'small_debt_none'
  | 'small_debt_too_large'
  | 'small_debt_too_often'
  | 'small_debt_stock'

/** What keeps a user from lending, from a VIP level and from exchanging small debts. */
export const LENDING_REFUSALS: Pick<RefusalTable, LendingReason> = {
  lending_claim_insufficient: {
    status: 400,
    code: -31020,
    sentence: 'Of {asset} {have} is lent to the pool, less than {need}.',
    data: BALANCE,
  },
  lending_pool_lent: {
    status: 400,
    code: -31021,
    sentence:
      'The {asset} pool has lent most of what it was given: {available} can be withdrawn now.',
    data: {
      asset: (r) => r.asset,
      available: (r) => text(r.available),
      asked: (r) => text(r.asked),
    },
  },
  lending_suspended: {
    status: 400,
    code: -31022,
    sentence:
      'Nothing is lent to the {asset} pool or withdrawn while its lenders may have to bear a loss.',
    data: { asset: (r) => r.asset },
  },
  vip_level_unknown: {
    status: 400,
    code: -31023,
    sentence: 'There is no VIP level {asked}; the highest is {highest}.',
    data: { asked: (r) => r.asked, highest: (r) => r.highest },
  },
  small_debt_none: {
    status: 400,
    code: -31024,
    sentence: 'There is no {asset} debt to exchange.',
    data: { asset: (r) => r.asset },
  },
  small_debt_too_large: {
    status: 400,
    code: -31025,
    sentence:
      'A debt of {worth} USDT in {asset} is not small; one below {below} USDT can be exchanged.',
    data: { asset: (r) => r.asset, worth: (r) => text(r.worth), below: (r) => text(r.below) },
  },
  small_debt_too_often: {
    status: 400,
    code: -31026,
    sentence: 'Small debts were exchanged a short while ago; this can be done again at {againAt}.',
    data: { againAt: (r) => r.againAtMs },
  },
  small_debt_stock: {
    status: 400,
    code: -31027,
    sentence: 'The insurance fund has {have} {asset} to exchange the debt with, not {need}.',
    data: BALANCE,
  },
}

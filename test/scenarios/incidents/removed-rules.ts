/** Functions of the engine that are a rule by themselves, and that a negative twin takes away. */
export type RuleFunction =
  | 'maxTransferable'
  | 'maxBorrowable'
  | 'hourlyInterest'
  | 'refuseStale'
  | 'levelsOf'
  | 'review'
  | 'fundPaysFirst'
  | 'recheckSome'

/** What is taken away now: `incidents.test.ts` has the replacements. */
export const removed = new Set<RuleFunction>()

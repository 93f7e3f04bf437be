import type { RefusalTable } from './refusal-entry.ts'

type PolicyReason =
  | 'policy_faulty'
  | 'policy_change_unknown'
  | 'policy_change_approved'
  | 'policy_second_person'
  | 'policy_too_soon'
  | 'policy_moved'
  | 'policy_changes_full'
  | 'warning_levels'

/** What operators' changes of policy and users' warning levels are refused for. */
export const POLICY_REFUSALS: Pick<RefusalTable, PolicyReason> = {
  policy_faulty: {
    status: 400,
    code: -31040,
    sentence: 'This change cannot be made: {faults}.',
    data: { faults: (r) => r.faults },
    prose: { faults: (r) => r.faults.map((f) => `${f.path} ${f.message}`).join('; ') },
  },
  policy_change_unknown: {
    status: 404,
    code: -31041,
    sentence: 'No change of policy {policyChangeId} waits for a decision.',
    data: { policyChangeId: (r) => r.policyChangeId },
  },
  policy_change_approved: {
    status: 400,
    code: -31042,
    sentence: 'Change of policy {policyChangeId} is approved already.',
    data: { policyChangeId: (r) => r.policyChangeId },
  },
  policy_second_person: {
    status: 400,
    code: -31043,
    sentence: 'A change that loosens is approved by somebody other than {author}, who drafted it.',
    data: { author: (r) => r.author },
  },
  policy_too_soon: {
    status: 400,
    code: -31044,
    sentence: 'This change may take effect at {earliest} at the earliest, not at {asked}.',
    data: { earliest: (r) => r.earliestMs, asked: (r) => r.askedMs },
  },
  policy_moved: {
    status: 409,
    code: -31045,
    sentence: '{path} was {was} when this change was drafted and is {is}; draft it again.',
    data: { path: (r) => r.path, was: (r) => r.was, is: (r) => r.is },
  },
  policy_changes_full: {
    status: 400,
    code: -31046,
    sentence: 'At most {limit} changes of policy may be open; withdraw one first.',
    data: { limit: (r) => r.limit },
  },
  warning_levels: {
    status: 400,
    code: -31047,
    sentence: 'At most {most} warning levels, each between {between}.',
    data: { most: (r) => r.most, between: (r) => r.between },
  },
}

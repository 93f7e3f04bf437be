import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { identityBranches } from './identity-branches.ts'

// Rule Q9: one function decides for every account. An exemption is a branch on whose account it is, so there is none,
// but for those of the venue's own accounts that are named here with their reason.

const root = fileURLToPath(new URL('../', import.meta.url))
const core = globSync('src/core/**/*.ts', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.endsWith('.test.ts'))
  .sort()

/** File, branch, why. */
const ALLOWED = [
  ['core/ledger/chart.ts', 'account === VENUE_ACCOUNT.external', 'what is outside may be negative'],
  ['core/ledger/ledger.ts', 'account >= 0', 'an account that was opened'],
  [
    'core/engine/charge-interest.ts',
    'account === VENUE_ACCOUNT.insuranceFund',
    'the fund has no VIP level and pays no interest in BNB',
  ],
  ['core/engine/lend.ts', 'lender === VENUE_LENDER', 'the venue’s own claim is no user’s'],
  [
    'core/engine/settle-changes.ts',
    'account < VENUE_ACCOUNTS',
    'nobody is told of the venue’s own',
  ],
  [
    'core/engine/advance-time.ts',
    'account === VENUE_ACCOUNT.insuranceFund',
    'what the fund is charged belongs to no user who could be told',
  ],
] as const

const PREAMBLE = `
import type { AccountId, UserId } from '../domain/ids.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
interface User { readonly id: UserId; readonly account: AccountId | null; readonly name: string }
type Is = (user: User, other: User, users: readonly User[]) => boolean
const HOUSE = 7 as UserId
const FRIENDS: readonly UserId[] = [HOUSE]
const EXEMPT = new Set<UserId>()
const LIMITS: Record<number, bigint> = {}
`

const EXEMPTIONS = [
  'user.id === 7',
  '7 !== user.id',
  'user.id === HOUSE',
  'user.id <= 100',
  'user.id % 2 === 0',
  'Number(user.id) === 7',
  "user.id.toString() === '7'",
  '(user.id as number) === 7',
  'FRIENDS.includes(user.id)',
  'EXEMPT.has(user.id)',
  '[1, 2].includes(user.id)',
  'LIMITS[user.id] !== undefined',
  'user.account === VENUE_ACCOUNT.pool',
  '(user.account ?? 0) < 8',
] as const

const ORDINARY = [
  'user.account === null',
  'user.id === other.id',
  'users[user.id - 1] === other',
  "user.name === 'Ada'",
  'users.length < 100',
] as const

const NAMED = `${PREAMBLE}export const is: Is = (user) => {
  const { pool } = VENUE_ACCOUNT
  const chosen = HOUSE
  switch (user.id) {
    case HOUSE: return true
    default: return user.account === pool || user.id === chosen || \`\${user.id}\` === '7'
  }
}`

const planted: Record<string, string> = { 'src/core/risk/named.ts': NAMED }
for (const [index, condition] of [...EXEMPTIONS, ...ORDINARY].entries()) {
  planted[`src/core/risk/planted-${index}.ts`] = `${PREAMBLE}export const is: Is =
    (user, other, users) => ${condition}\n`
}

let found: ReturnType<typeof identityBranches> = []

beforeAll(() => {
  found = identityBranches(root, core, planted)
}, 120_000)

test('Q9 no branch in the core depends on whose account it is, but for the venue’s own', () => {
  const real = found.filter(({ file }) => !(file in planted))
  expect(real.map(({ file, text }) => `${file}: ${text}`).sort()).toEqual(
    ALLOWED.map(([file, text]) => `src/${file}: ${text}`).sort(),
  )
})

test.each(EXEMPTIONS.map((condition, index) => [condition, index] as const))(
  'Q9 planted, %s is found',
  (_condition, index) => {
    expect(foundIn(`src/core/risk/planted-${index}.ts`)).toHaveLength(1)
  },
)

test('Q9 planted behind a name, in a switch or in a text, an exemption is found', () => {
  expect(foundIn('src/core/risk/named.ts')).toEqual([
    'case HOUSE',
    'user.account === pool',
    'user.id === chosen',
    `\`\${user.id}\` === '7'`,
  ])
})

test.each(ORDINARY.map((condition, index) => [condition, index] as const))(
  'Q9 %s exempts nobody',
  (_condition, index) => {
    expect(foundIn(`src/core/risk/planted-${EXEMPTIONS.length + index}.ts`)).toEqual([])
  },
)

function foundIn(path: string): string[] {
  return found.filter(({ file }) => file === path).map(({ text }) => text)
}

import { createHash } from 'node:crypto'
import type { UserId } from '../core/domain/ids.ts'
import { PERMISSIONS, type Permission } from '../server/access/api-key.ts'
import type { IdentityStore } from '../server/access/identity-store.ts'
import { ROLES } from '../server/access/operator.ts'
import type { DemoUser } from '../server/gateway/gateway-deps.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'
import type { Provision } from './accounts.ts'
import { provision, userByEmail } from './accounts.ts'

const SESSION_MS = 30 * 24 * 3_600_000
const KEY_CHARACTERS = 64

const VERIFIED = { kyc: true, disclosure: true, fundedDaysAgo: 8 }

/** Who a sandbox knows from the start: a trader on spot, one on cross margin, and one who has it all before them. */
const DEMO: readonly {
  readonly name: string
  readonly about: string
  readonly provision: Provision
}[] = [
  {
    name: 'alice',
    about: 'Trades on spot, and may choose a margin mode: 100,000 USDT and 0.5 BTC.',
    provision: { ...VERIFIED, wallets: { SPOT: { USDT: '100000', BTC: '0.5' } }, cross: false },
  },
  {
    name: 'bob',
    about: 'Is in cross margin with 60,000 USDT and 5 ETH, and has 20,000 USDT on spot.',
    provision: {
      ...VERIFIED,
      wallets: { SPOT: { USDT: '20000' }, CROSS_MARGIN: { USDT: '60000', ETH: '5' } },
      cross: true,
    },
  },
  {
    name: 'carol',
    about: 'Is new: 1,000 USDT on spot, no identity check, not yet eligible for margin.',
    provision: {
      kyc: false,
      disclosure: false,
      fundedDaysAgo: null,
      wallets: { SPOT: { USDT: '1000' } },
      cross: false,
    },
  },
]

/** Who operates a sandbox: two, because what loosens needs a second person (rule O2). */
const DEMO_OPERATORS: readonly { readonly name: string; readonly about: string }[] = [
  { name: 'olga', about: 'Operates the venue: policy, halts, identity checks.' },
  { name: 'otto', about: 'Operates the venue too: the second person that loosening needs.' },
]

async function demoOperators(identities: IdentityStore, nowMs: number): Promise<DemoUser[]> {
  const operators: DemoUser[] = []
  for (const { name, about } of DEMO_OPERATORS) {
    const userId = await identities.setOperator(`${name}@sandbox.invalid`, ROLES)
    if (userId === null) continue
    const keys = await fixedKey(identities, userId, name, ['OPERATE'], nowMs)
    operators.push({ name, about, ...keys })
  }
  return operators
}

/**
 * The demo users and operators with their keys, made at the first start. The keys are the same at every start and no secret: whoever
 * reaches a sandbox owns it anyway.
 */
export async function demoUsers(
  sequencer: Sequencer,
  identities: IdentityStore,
  url: string,
  nowMs: number,
): Promise<DemoUser[]> {
  const users: DemoUser[] = []
  for (const { name, about, provision: wanted } of DEMO) {
    const email = `${name}@sandbox.invalid`
    const { userId, isNew } = await userByEmail(sequencer, identities, email)
    if (isNew) await provision(sequencer, userId, wanted)
    const keys = await fixedKey(identities, userId, name, PERMISSIONS, nowMs)
    const session = await identities.createSession(userId, nowMs, nowMs + SESSION_MS)
    users.push({ name, about, ...keys, loginUrl: `${url}/login?token=${session}` })
  }
  return [...users, ...(await demoOperators(identities, nowMs))]
}

async function fixedKey(
  identities: IdentityStore,
  userId: UserId,
  name: string,
  permissions: readonly Permission[],
  nowMs: number,
): Promise<{ readonly apiKey: string; readonly secretKey: string }> {
  const fixed = {
    apiKey: keyText(`${name} api key`),
    secretKey: keyText(`${name} secret key`),
  }
  if (identities.find(fixed.apiKey) === undefined) {
    const request = { userId, type: 'HMAC', label: 'demo', permissions, nowMs, fixed } as const
    await identities.createKey(request)
  }
  return fixed
}

/** Letters and digits, as Binance's keys look. */
function keyText(of: string): string {
  const digest = createHash('sha512').update(`fulcrum demo ${of}`).digest('base64')
  return digest.replace(/[^A-Za-z0-9]/g, 'x').slice(0, KEY_CHARACTERS)
}

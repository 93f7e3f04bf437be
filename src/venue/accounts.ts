import type { UserId } from '../core/domain/ids.ts'
import type { SingleWallet } from '../core/domain/wallet.ts'
import type { Amount } from '../core/money/amount.ts'
import { AMOUNT_DECIMALS } from '../core/money/amount.ts'
import { parseDecimal } from '../core/money/decimal.ts'
import { createdUser } from '../sandbox/liquidity.ts'
import type { IdentityStore } from '../server/access/identity-store.ts'
import { submit } from '../server/gateway/submit.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'
import { requestError } from '../wire/request-error.ts'

/** The user with this address, made when there is none yet. */
export async function userByEmail(
  sequencer: Sequencer,
  identities: IdentityStore,
  email: string,
): Promise<{ readonly userId: UserId; readonly isNew: boolean }> {
  const account = await identities.accountByEmail(email)
  if (account !== null) return { userId: account.userId, isNew: false }
  const userId = createdUser(await submit(sequencer, { type: 'CreateUser' }))
  await identities.setAccount({ userId, email, roles: [] })
  return { userId, isNew: true }
}

/** What makes a margin trader of a new user: KYC, the disclosure, funds, their age, the mode. */
export interface Provision {
  readonly kyc: boolean
  readonly disclosure: boolean
  readonly wallets: Readonly<Partial<Record<SingleWallet, Readonly<Record<string, string>>>>>
  readonly fundedDaysAgo: number | null
  readonly cross: boolean
}

/** Throws the refusal's error at the first step that is refused; the steps before it stand. */
export async function provision(
  sequencer: Sequencer,
  userId: UserId,
  { kyc, disclosure, wallets, fundedDaysAgo, cross }: Provision,
): Promise<void> {
  if (kyc) {
    await submit(sequencer, { type: 'SubmitKyc', userId })
    const review = { decision: 'APPROVED', reason: 'sandbox', reviewer: 'sandbox' } as const
    await submit(sequencer, { type: 'ReviewKyc', userId, ...review })
  }
  if (disclosure) {
    const version = sequencer.venue.policy.disclosureVersion
    await submit(sequencer, { type: 'AcceptDisclosure', userId, version })
  }
  for (const [wallet, holdings] of Object.entries(wallets)) {
    for (const [code, text] of Object.entries(holdings)) {
      await depositTo(sequencer, userId, wallet as SingleWallet, code, text)
    }
  }
  if (fundedDaysAgo !== null) {
    await submit(sequencer, { type: 'BackdateFunding', userId, days: fundedDaysAgo })
  }
  if (cross) await submit(sequencer, { type: 'SetMarginMode', userId, mode: 'CROSS' })
}

/** Throws the request's fault or the refusal's error. */
export async function depositTo(
  sequencer: Sequencer,
  userId: UserId,
  wallet: SingleWallet,
  code: string,
  text: string,
): Promise<void> {
  const asset = sequencer.venue.assetByCode.get(code)
  if (asset === undefined) throw requestError('margin_asset')
  const amount = parseDecimal(text, AMOUNT_DECIMALS)
  if (amount === 'malformed') throw requestError('invalid_parameter', { name: 'amount' })
  if (amount === 'too_precise') {
    throw requestError('precision', { name: 'amount', decimals: AMOUNT_DECIMALS })
  }
  const deposit = { type: 'Deposit', userId, wallet, asset: asset.index } as const
  await submit(sequencer, { ...deposit, amount: amount as Amount })
}

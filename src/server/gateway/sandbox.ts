/** What the sandbox can be told over HTTP; bodies have the shapes of `rest/sandbox.ts`, checked before they get here. */
export interface SandboxDoor {
  status(): object | Promise<object>
  createUser(body: CreateUserBody): Promise<object>
  deposit(body: DepositBody): Promise<object>
  clock(body: ClockBody): Promise<object>
  setIndexPrices(body: IndexPricesBody): Promise<object>
  clearIndexPrices(): Promise<object>
  setSourcePrices(body: SourcePricesBody): Promise<object>
  setFaults(body: FaultsBody): Promise<object>
  clearFaults(): Promise<object>
}

export const SANDBOX_WALLETS = ['SPOT', 'FUNDING', 'CROSS_MARGIN'] as const
export type SandboxWallet = (typeof SANDBOX_WALLETS)[number]

export interface CreateUserBody {
  readonly email?: string
  readonly kyc?: 'APPROVED'
  readonly disclosure?: boolean
  /** Decimal text by asset by wallet. */
  readonly wallets?: Readonly<Partial<Record<SandboxWallet, Readonly<Record<string, string>>>>>
  readonly fundedDaysAgo?: number
  readonly mode?: 'CROSS'
  readonly key?: { readonly type: 'HMAC' | 'ED25519' | 'RSA'; readonly publicKey?: string }
}

export interface DepositBody {
  readonly userId: number
  readonly asset: string
  readonly amount: string
  readonly wallet?: SandboxWallet
}

/** One of the three. */
export interface ClockBody {
  readonly advanceMs?: number
  readonly to?: number
  readonly speed?: number
}

export interface IndexPricesBody {
  readonly prices: Readonly<Record<string, string>>
  readonly market?: 'follow' | 'leave'
}

/** What one of the policy's sources says of each asset. */
export interface SourcePricesBody {
  readonly source: string
  readonly prices: Readonly<Record<string, string>>
}

export interface FaultsBody {
  /** Assets that no index price comes in for any more. */
  readonly staleIndex: readonly string[]
}

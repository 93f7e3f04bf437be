export const MARKETS = ['synthetic', 'exchanges', 'binance', 'still'] as const
export type Market = (typeof MARKETS)[number]
/** Where notices may go beside the outbox, which every user can read. */
export interface NoticeOptions {
  /** `smtp://…` or `smtps://…`; null: no mail. */
  readonly smtpUrl: string | null
  /** Whom mails come from. */
  readonly mailFrom: string
  /** Networks beyond public ones that webhooks may be in, such as `10.0.0.0/8`. */
  readonly webhookNetworks: readonly string[]
}

/** How a venue is run. */
export interface VenueOptions {
  /** `classic`, `binance`, or a path to an operator's own. */
  readonly policy: string
  /** The data folder; null keeps everything in memory. */
  readonly dataFolder: string | null
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Decides the synthetic market and the order flow. */
  readonly seed: number
  /** An operator's venue: no sandbox doors, no demo users, no market of its own. */
  readonly live: boolean
  /**
   * Where prices come from by themselves: one market that is declared, or with 'exchanges' several as the policy's
   * sources (rule X1); 'still' leaves them to the sandbox.
   */
  readonly market: Market
  /** Recorded candles, a file or a folder, played as the market in place of `market`; null: none. */
  readonly candles: string | null
  /** The venue's clock starts here; null: at the wall's time. */
  readonly startTimeMs: number | null
  /** Venue milliseconds per wall millisecond; 0: frozen. */
  readonly speed: number
  /** PostgreSQL for the read model and the identities; null: SQLite. */
  readonly databaseUrl: string | null
  readonly notices: NoticeOptions
  /** 64 hexadecimal digits that seal API secrets; null: kept in the data folder. */
  readonly masterKey: string | null
}

export const VENUE_DEFAULTS: VenueOptions = {
  policy: 'classic',
  dataFolder: './data',
  host: '127.0.0.1',
  port: 8080,
  seed: 1,
  live: false,
  market: 'synthetic',
  candles: null,
  startTimeMs: null,
  speed: 1,
  databaseUrl: null,
  notices: { smtpUrl: null, mailFrom: '', webhookNetworks: [] },
  masterKey: null,
}

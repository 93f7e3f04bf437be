import pino from 'pino'
import { ccxtSnippet } from '../server/gateway/front-page.ts'
import { networksOf } from '../server/notices/public-address.ts'
import { parseRelay } from '../server/notices/smtp.ts'
import type { Log } from '../server/sequencer/recovery.ts'
import type { Market, NoticeOptions, VenueOptions } from '../venue/options.ts'
import { MARKETS, VENUE_DEFAULTS } from '../venue/options.ts'
import type { Venue } from '../venue/venue.ts'
import { openVenue } from '../venue/venue.ts'

/** As the command line gives them: `fulcrum start …`; what is left out comes from the environment, then the defaults. */
export interface StartFlags {
  readonly port?: string
  readonly host?: string
  readonly data?: string
  readonly ephemeral?: boolean
  readonly live?: boolean
  readonly policy?: string
  readonly seed?: string
  readonly market?: string
  readonly candles?: string
  readonly startTime?: string
  readonly speed?: string
}

/** Runs the venue until it is told to stop. The exit code. */
export async function runStart(flags: StartFlags, env = process.env): Promise<number> {
  const options = readOptions(flags, env)
  if (typeof options === 'string') {
    console.error(`fulcrum start: ${options}`)
    return 2
  }
  const startedMs = performance.now()
  // Before the start is announced: whoever stops it the moment it trades gets an end in order too.
  const asked = stopAsked()
  const venue = await openVenue(options, logger())
  console.log(announcement(venue, options, Math.round(performance.now() - startedMs)))
  await asked
  await venue.close()
  return 0
}

/** The options, or what is wrong with them. */
export function readOptions(flags: StartFlags, env: NodeJS.ProcessEnv): VenueOptions | string {
  const port = Number(flags.port ?? env['PORT'] ?? VENUE_DEFAULTS.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return 'the port is a number from 0 to 65535'
  const seed = Number(flags.seed ?? VENUE_DEFAULTS.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) return 'the seed is a whole number'
  const speed = Number(flags.speed ?? VENUE_DEFAULTS.speed)
  if (!Number.isFinite(speed) || speed < 0) return 'the speed is a number, zero or more'
  const startTimeMs = flags.startTime === undefined ? null : Date.parse(flags.startTime)
  if (Number.isNaN(startTimeMs))
    return 'the start time is an ISO date, such as 2026-01-01T00:00:00Z'
  const live = flags.live === true
  const market = flags.market ?? (live ? 'exchanges' : VENUE_DEFAULTS.market)
  if (!isMarket(market)) return `the market is one of ${MARKETS.join(', ')}`
  if (live && market !== 'exchanges') {
    return 'with --live the market is exchanges: prices of one source alone are for a sandbox (rule X1)'
  }
  const masterKey = env['FULCRUM_MASTER_KEY'] ?? null
  if (live && masterKey === null) {
    return '--live needs FULCRUM_MASTER_KEY: 64 hexadecimal digits that seal API secrets'
  }
  const notices = readNotices(env)
  if (typeof notices === 'string') return notices
  const dataFolder =
    flags.ephemeral === true ? null : (flags.data ?? env['FULCRUM_DATA'] ?? './data')
  return {
    policy: flags.policy ?? VENUE_DEFAULTS.policy,
    dataFolder,
    host: flags.host ?? VENUE_DEFAULTS.host,
    port,
    seed,
    live,
    market,
    candles: flags.candles ?? null,
    startTimeMs,
    speed,
    databaseUrl: env['DATABASE_URL'] ?? null,
    notices,
    masterKey,
  }
}

function readNotices(env: NodeJS.ProcessEnv): NoticeOptions | string {
  const smtpUrl = env['FULCRUM_SMTP_URL'] ?? null
  const mailFrom = env['FULCRUM_MAIL_FROM'] ?? ''
  const webhookNetworks = (env['FULCRUM_WEBHOOK_NETWORKS'] ?? '').split(',').filter(Boolean)
  try {
    networksOf(webhookNetworks)
    if (smtpUrl !== null) parseRelay(smtpUrl, mailFrom)
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
  return { smtpUrl, mailFrom, webhookNetworks }
}

function isMarket(text: string): text is Market {
  return MARKETS.some((market) => market === text)
}

/** JSON lines on stderr; nothing below warnings on a terminal, where people read the announcement. */
function logger(): Log {
  const level = process.stderr.isTTY ? 'warn' : 'info'
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}

function announcement({ url, demo }: Venue, options: VenueOptions, tookMs: number): string {
  const ws = url.replace(/^http/, 'ws')
  const where = options.dataFolder === null ? 'nothing is kept' : `data in ${options.dataFolder}`
  const lines = [
    `Fulcrum is trading at ${url} (${options.policy} policy, ${where}, ready in ${tookMs} ms)`,
    '',
    `  REST            ${url}/api/v3  ${url}/sapi/v1`,
    `  streams         ${ws}/stream`,
    `  WebSocket API   ${ws}/ws-api/v3`,
  ]
  const [first] = demo
  if (first === undefined) return lines.join('\n')
  lines.push(`  sandbox         ${url}/sandbox/v1/status`, '', 'Demo users')
  for (const { name, apiKey, secretKey, loginUrl } of demo) {
    lines.push(`  ${name}`, `    API key     ${apiKey}`, `    secret key  ${secretKey}`)
    if (loginUrl !== undefined) lines.push(`    log in      ${loginUrl}`)
  }
  lines.push('', 'With ccxt', '', indent(ccxtSnippet(url, ws, first)), '')
  return lines.join('\n')
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}

/** A terminal's Ctrl-C reaches every process of its group, and npm and the launcher pass it on besides. */
const SAME_SIGNAL_MS = 1_000

/** The first signal asks; one that comes a while after it ends the process at once. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let askedMs: number | null = null
    const ask = (): void => {
      if (askedMs !== null && performance.now() - askedMs > SAME_SIGNAL_MS) process.exit(130)
      askedMs ??= performance.now()
      resolve()
    }
    process.on('SIGTERM', ask)
    process.on('SIGINT', ask)
  })
}

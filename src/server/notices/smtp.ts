import { connect, type Socket } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { connect as connectSecure } from 'node:tls'
import { DeliveryFailed } from './delivery.ts'

const TIMEOUT_MS = 20_000
const ADDRESS = /^[^\s<>@"(),:;\\]{1,64}@[A-Za-z0-9.-]{1,255}$/

/** The operator's mail relay, from `smtp://user:password@host:587` or `smtps://…`. */
export interface SmtpRelay {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; otherwise by STARTTLS where the relay offers it. */
  readonly secure: boolean
  readonly user: string
  readonly password: string
  readonly from: string
  /** A certificate authority of the operator's own, as PEM. */
  readonly ca?: string
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Made of the notice's id: mail programs show a repetition once. */
  readonly messageId: string
}

/** The relay that a URL names. Throws for one that names none. */
export function parseRelay(text: string, from: string): SmtpRelay {
  const url = URL.parse(text)
  const secure = url?.protocol === 'smtps:'
  if (url === null || url.hostname === '' || !(secure || url.protocol === 'smtp:')) {
    throw new RangeError('a mail relay is smtp://host:port or smtps://user:password@host:port')
  }
  if (!ADDRESS.test(from)) throw new RangeError(`${from} is no address to send mail from`)
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    from,
  }
}

/** Hands a mail to the relay. Raises `DeliveryFailed`; a password is never sent in the clear. */
export async function sendMail(relay: SmtpRelay, mail: Mail, nowMs: number): Promise<void> {
  if (!ADDRESS.test(mail.to)) throw new DeliveryFailed('the address is none')
  const session = new Session(relay)
  try {
    await session.open()
    await session.send(mail, nowMs)
  } catch (error) {
    if (error instanceof DeliveryFailed) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new DeliveryFailed(`the mail relay could not be reached (${code ?? 'unknown'})`)
  } finally {
    session.close()
  }
}

/** One conversation with the relay, command by command (RFC 5321). */
class Session {
  readonly #relay: SmtpRelay
  #socket: Socket
  #lines: Interface
  #incoming: AsyncIterator<string>
  #encrypted: boolean
  #failure: Error | null = null

  constructor(relay: SmtpRelay) {
    this.#relay = relay
    this.#encrypted = relay.secure
    const { host, port, ca } = relay
    this.#socket = relay.secure
      ? connectSecure({ host, port, servername: host, ...(ca === undefined ? {} : { ca }) })
      : connect({ host, port })
    this.#lines = this.#listen()
    this.#incoming = this.#lines[Symbol.asyncIterator]()
  }

  async open(): Promise<void> {
    await this.#expect(220)
    let offers = await this.#command('EHLO fulcrum', 250)
    if (!this.#encrypted && offers.some((line) => /STARTTLS/i.test(line))) {
      await this.#command('STARTTLS', 220)
      await this.#encrypt()
      offers = await this.#command('EHLO fulcrum', 250)
    }
    const { user, password } = this.#relay
    if (user === '') return
    if (!this.#encrypted)
      throw new DeliveryFailed('the mail relay takes the password only in the clear')
    const plain = Buffer.from(`\0${user}\0${password}`).toString('base64')
    await this.#command(`AUTH PLAIN ${plain}`, 235)
  }

  async send(mail: Mail, nowMs: number): Promise<void> {
    await this.#command(`MAIL FROM:<${this.#relay.from}>`, 250)
    await this.#command(`RCPT TO:<${mail.to}>`, 250)
    await this.#command('DATA', 354)
    await this.#command(`${messageOf(this.#relay.from, mail, nowMs)}\r\n.`, 250)
    this.#socket.write('QUIT\r\n')
  }

  close(): void {
    this.#lines.close()
    this.#socket.destroy()
  }

  #listen(): Interface {
    this.#socket.setTimeout(TIMEOUT_MS, () => this.#socket.destroy(timedOut()))
    this.#socket.on('error', (error) => {
      this.#failure = error
    })
    return createInterface({ input: this.#socket, crlfDelay: Number.POSITIVE_INFINITY })
  }

  async #encrypt(): Promise<void> {
    this.#lines.close()
    this.#socket.removeAllListeners('data')
    const { host, ca } = this.#relay
    const options = { socket: this.#socket, servername: host, ...(ca === undefined ? {} : { ca }) }
    const secure = connectSecure(options)
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', () => resolve())
      secure.once('error', reject)
    })
    this.#socket = secure
    this.#lines = this.#listen()
    this.#incoming = this.#lines[Symbol.asyncIterator]()
    this.#encrypted = true
  }

  async #command(line: string, code: number): Promise<string[]> {
    this.#socket.write(`${line}\r\n`)
    return this.#expect(code)
  }

  /** Reads one answer, of as many lines as it has. */
  async #expect(code: number): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const { value, done } = await this.#incoming.next()
      if (done) throw this.#failure ?? new DeliveryFailed('the mail relay hung up')
      lines.push(value)
      if (!/^\d{3}-/.test(value)) break
    }
    const answered = Number(lines.at(-1)?.slice(0, 3))
    if (answered !== code) throw new DeliveryFailed(`the mail relay answered ${answered}`)
    return lines
  }
}

function timedOut(): Error {
  return Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
}

/** Base64 leaves no line that begins with a dot, and no letter that is not plain ASCII. */
function messageOf(from: string, { to, subject, text, messageId }: Mail, nowMs: number): string {
  const encoded = Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n')
  return [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: ${new Date(nowMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}@${from.split('@')[1]}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    'Auto-Submitted: auto-generated',
    '',
    encoded,
  ].join('\r\n')
}

import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'

export interface Credentials {
  readonly apiKey: string
  readonly secretKey: string
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the venue answers
  readonly body: any
}

export type Fields = Readonly<Record<string, string | number>>

/** One keep-alive connection to a venue. */
export class SignedCaller {
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(url: string) {
    this.#url = url
  }

  /** Signed as Binance's are. Rejects when the connection breaks before the whole answer is there. */
  signed(user: Credentials, method: string, path: string, fields: Fields = {}): Promise<Answer> {
    const query = new URLSearchParams({ timestamp: String(Date.now()), recvWindow: '60000' })
    for (const [name, value] of Object.entries(fields)) query.append(name, String(value))
    const signature = createHmac('sha256', user.secretKey).update(query.toString()).digest('hex')
    query.append('signature', signature)
    return this.#send(method, `${path}?${query}`, { 'X-MBX-APIKEY': user.apiKey }, '')
  }

  get(path: string): Promise<Answer> {
    return this.#send('GET', path, {}, '')
  }

  post(path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' }
    return this.#send('POST', path, headers, JSON.stringify(body))
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.#url}${path}`,
        { method, headers, agent: this.#agent },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (piece: string) => {
            text += piece
          })
          answer.on('error', reject)
          answer.on('aborted', () => reject(new Error('the answer was cut off')))
          answer.on('end', () =>
            answer.complete
              ? resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) })
              : reject(new Error('the answer was cut off')),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
}

import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JournalInUse } from './journal-error.ts'
import type { Storage, StorageFile } from './storage.ts'

const SQLITE_BUSY = 5

/** The machine's own disk. */
export function nodeStorage(): Storage {
  return {
    makeDirectory,
    list,
    open: async (path) => new NodeFile(path, await fs.open(path, 'r+')),
    create: async (path) => new NodeFile(path, await fs.open(path, 'w+')),
    rename: fs.rename,
    remove: (path) => fs.rm(path, { force: true }),
    syncDirectory,
    lock,
  }
}

class NodeFile implements StorageFile {
  readonly path: string
  readonly #handle: fs.FileHandle

  constructor(path: string, handle: fs.FileHandle) {
    this.path = path
    this.#handle = handle
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length)
    let done = 0
    while (done < length) {
      const { bytesRead } = await this.#handle.read(buffer, done, length - done, offset + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return buffer.subarray(0, done)
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    let done = 0
    while (done < bytes.length) {
      const left = bytes.length - done
      const { bytesWritten } = await this.#handle.write(bytes, done, left, offset + done)
      done += bytesWritten
    }
  }

  sync(): Promise<void> {
    return this.#handle.datasync()
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length)
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

async function list(path: string): Promise<string[]> {
  try {
    return (await fs.readdir(path)).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function makeDirectory(path: string): Promise<void> {
  const first = await fs.mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made))
    await syncDirectory(dirname(made))
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories, and makes their entries durable by itself.
  if (process.platform === 'win32') return
  const handle = await fs.open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * The lock is one the kernel holds for the process (an open exclusive transaction on an empty SQLite file), so it
 * ends with the process however that dies, and no other process with the same id is taken for it. The process id
 * is written beside it only for the message.
 */
async function lock(directory: string): Promise<() => Promise<void>> {
  const holder = `${directory}/lock.pid`
  const database = new DatabaseSync(`${directory}/lock`)
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    const processId = await fs.readFile(holder, 'utf8').catch(() => '(id unknown)')
    throw new JournalInUse(directory, `process ${processId.trim()}`)
  }
  await fs.writeFile(holder, `${process.pid}\n`)
  return async () => {
    await fs.rm(holder, { force: true })
    database.close()
  }
}

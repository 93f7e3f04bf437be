import { JournalInUse } from './journal-error.ts'
import type { Storage, StorageFile } from './storage.ts'

/** After so many syncs the event loop gets a turn, as it would while a disk is waited for. */
const SYNCS_PER_TURN = 64

/** A disk that is gone with the process: for venues that keep nothing. */
export function memoryStorage(): Storage {
  const files = new Map<string, MemoryFile>()
  const locked = new Set<string>()
  return {
    makeDirectory: async () => {},
    list: async (path) => namesIn(files.keys(), path),
    open: async (path) => present(files, path),
    create: async (path) => {
      const file = new MemoryFile(path)
      files.set(path, file)
      return file
    },
    rename: async (from, to) => {
      const file = present(files, from)
      file.path = to
      files.set(to, file)
      files.delete(from)
    },
    remove: async (path) => {
      files.delete(path)
    },
    syncDirectory: async () => {},
    lock: async (directory) => {
      if (locked.has(directory)) throw new JournalInUse(directory, 'this process')
      locked.add(directory)
      return async () => {
        locked.delete(directory)
      }
    },
  }
}

export function namesIn(paths: Iterable<string>, directory: string): string[] {
  const prefix = `${directory}/`
  return [...paths]
    .filter((path) => path.startsWith(prefix) && !path.includes('/', prefix.length))
    .map((path) => path.slice(prefix.length))
    .sort()
}

function present(files: ReadonlyMap<string, MemoryFile>, path: string): MemoryFile {
  const file = files.get(path)
  if (file === undefined) throw new Error(`ENOENT: no such file in memory: ${path}`)
  return file
}

class MemoryFile implements StorageFile {
  path: string
  #bytes = Buffer.alloc(0)
  #size = 0
  #syncs = 0

  constructor(path: string) {
    this.path = path
  }

  async size(): Promise<number> {
    return this.#size
  }

  async read(offset: number, length: number): Promise<Buffer> {
    return Buffer.from(this.#bytes.subarray(offset, Math.min(offset + length, this.#size)))
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const end = offset + bytes.length
    if (end > this.#bytes.length) this.#grow(end)
    this.#bytes.set(bytes, offset)
    this.#size = Math.max(this.#size, end)
  }

  async sync(): Promise<void> {
    this.#syncs += 1
    if (this.#syncs % SYNCS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }

  async truncate(length: number): Promise<void> {
    if (length > this.#bytes.length) this.#grow(length)
    if (length < this.#size) this.#bytes.fill(0, length, this.#size)
    this.#size = length
  }

  async close(): Promise<void> {}

  #grow(size: number): void {
    const grown = Buffer.alloc(Math.max(size, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#size)
    this.#bytes = grown
  }
}

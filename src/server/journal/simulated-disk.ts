import { SECTOR_BYTES } from './frame.ts'
import { JournalInUse } from './journal-error.ts'
import { namesIn } from './memory-storage.ts'
import type { Storage, StorageFile } from './storage.ts'

export type DiskOperation = 'create' | 'write' | 'sync' | 'rename' | 'remove' | 'syncDirectory'

/** Called before an operation; what it throws is what the operation fails with. */
export type DiskFault = (operation: DiskOperation, path: string) => void | Promise<void>

/** Decides which sectors that were written but not synced outlive a power cut. */
export type Survives = (path: string, sector: number) => boolean

/** What a path names: the bytes as a reader sees them, and what its unsynced sectors held when last synced. */
interface Inode {
  bytes: Buffer
  readonly synced: Map<number, Buffer>
  syncedSize: number
}

/**
 * A disk in memory that can fail and lose power. Reads see every write at once, as through a page cache; after
 * `powerCut` only what was synced is sure to be there, and of the rest any subset of sectors.
 */
export class SimulatedDisk implements Storage {
  readonly #names: Map<string, Inode>
  readonly #durableNames: Map<string, Inode>
  readonly #locked = new Set<string>()
  fault: DiskFault = () => {}

  constructor(names: ReadonlyMap<string, Inode> = new Map()) {
    this.#names = new Map(names)
    this.#durableNames = new Map(names)
  }

  /** The disk as the next process finds it. Nothing done through the old one reaches it. */
  powerCut(survives: Survives = () => false): SimulatedDisk {
    const names = new Map<string, Inode>()
    for (const [path, inode] of this.#durableNames) {
      const bytes = Buffer.from(inode.bytes)
      for (const [sector, old] of inode.synced)
        if (!survives(path, sector)) writeSector(bytes, sector, old)
      names.set(path, inodeOf(bytes.subarray(0, Math.max(inode.syncedSize, 0))))
    }
    return new SimulatedDisk(names)
  }

  /** The disk as another process finds it after this one was killed: everything written is there. */
  processKill(): SimulatedDisk {
    const names = [...this.#names].map(([path, inode]) => [path, inodeOf(inode.bytes)] as const)
    return new SimulatedDisk(new Map(names))
  }

  /** A file's bytes, to look at or to spoil. */
  bytes(path: string): Buffer {
    return this.#inode(path).bytes
  }

  paths(): string[] {
    return [...this.#names.keys()].sort()
  }

  async makeDirectory(): Promise<void> {}

  async list(path: string): Promise<string[]> {
    return namesIn(this.#names.keys(), path)
  }

  async open(path: string): Promise<StorageFile> {
    return this.#file(path, this.#inode(path))
  }

  async create(path: string): Promise<StorageFile> {
    await this.fault('create', path)
    const inode = inodeOf(Buffer.alloc(0))
    this.#names.set(path, inode)
    return this.#file(path, inode)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.fault('rename', from)
    this.#names.set(to, this.#inode(from))
    this.#names.delete(from)
  }

  async remove(path: string): Promise<void> {
    await this.fault('remove', path)
    this.#names.delete(path)
  }

  async syncDirectory(path: string): Promise<void> {
    await this.fault('syncDirectory', path)
    for (const name of namesIn(this.#durableNames.keys(), path))
      this.#durableNames.delete(`${path}/${name}`)
    for (const name of namesIn(this.#names.keys(), path))
      this.#durableNames.set(`${path}/${name}`, this.#inode(`${path}/${name}`))
  }

  async lock(directory: string): Promise<() => Promise<void>> {
    if (this.#locked.has(directory)) throw new JournalInUse(directory, 'this process')
    this.#locked.add(directory)
    return async () => {
      this.#locked.delete(directory)
    }
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path)
    if (inode === undefined) throw new Error(`ENOENT: no such file: ${path}`)
    return inode
  }

  #file(path: string, inode: Inode): StorageFile {
    return {
      path,
      size: async () => inode.bytes.length,
      read: async (offset, length) => Buffer.from(inode.bytes.subarray(offset, offset + length)),
      write: async (offset, bytes) => {
        await this.fault('write', path)
        write(inode, offset, bytes)
      },
      sync: async () => {
        await this.fault('sync', path)
        inode.synced.clear()
        inode.syncedSize = inode.bytes.length
      },
      truncate: async (length) => {
        await this.fault('write', path)
        resize(inode, length)
      },
      close: async () => {},
    }
  }
}

function inodeOf(bytes: Buffer): Inode {
  return { bytes: Buffer.from(bytes), synced: new Map(), syncedSize: bytes.length }
}

function resize(inode: Inode, length: number): void {
  const bytes = Buffer.alloc(length)
  inode.bytes.copy(bytes)
  inode.bytes = bytes
  // A new size is metadata, which the file system keeps in order: a shrunk file stays shrunk after a power cut.
  inode.syncedSize = Math.min(inode.syncedSize, length)
}

function write(inode: Inode, offset: number, bytes: Uint8Array): void {
  const end = offset + bytes.length
  if (end > inode.bytes.length) {
    const grown = Buffer.alloc(end)
    inode.bytes.copy(grown)
    inode.bytes = grown
  }
  const lastSector = Math.floor((end - 1) / SECTOR_BYTES)
  for (let sector = Math.floor(offset / SECTOR_BYTES); sector <= lastSector; sector += 1) {
    if (inode.synced.has(sector)) continue
    const start = sector * SECTOR_BYTES
    inode.synced.set(sector, Buffer.from(inode.bytes.subarray(start, start + SECTOR_BYTES)))
  }
  inode.bytes.set(bytes, offset)
}

function writeSector(bytes: Buffer, sector: number, old: Buffer): void {
  old.copy(bytes, sector * SECTOR_BYTES)
}

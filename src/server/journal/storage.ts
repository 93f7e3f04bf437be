/**
 * The file operations a journal is made of. Nothing above this interface touches a disk, so the same journal runs
 * on one, in memory, and on a disk that breaks on purpose. Paths have forward slashes.
 */
export interface Storage {
  makeDirectory(path: string): Promise<void>
  /** Names in a directory, sorted; none when it does not exist. */
  list(path: string): Promise<string[]>
  /** Fails when there is no such file. */
  open(path: string): Promise<StorageFile>
  /** A new empty file in place of whatever was there. Durable only after `syncDirectory`. */
  create(path: string): Promise<StorageFile>
  /** Replaces `to`. Durable only after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** What was created, renamed or removed in the directory is durable once this resolves. */
  syncDirectory(path: string): Promise<void>
  /** Holds a folder until released, or until the process is gone. Rejects with `JournalInUse` while held. */
  lock(directory: string): Promise<() => Promise<void>>
}

export interface StorageFile {
  readonly path: string
  size(): Promise<number>
  /** Shorter than asked where the file ends. */
  read(offset: number, length: number): Promise<Buffer>
  /** All of it, or it rejects. Durable only after `sync`. */
  write(offset: number, bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

// Downloads as Rust would tell them, in memory.
import type { Change, Downloaded, Failure, Wanted } from './bindings'

export class FakeDownloads {
  /** After so many files nothing more comes, until it is stopped. */
  stallsAfter: number | null = null
  /** What the file after `stallsAfter` fails with, instead of not coming. */
  refuse: Failure | null = null

  #tell: (change: Change) => void
  #last = 0
  #stops = new Map<number, () => void>()

  constructor(tell: (change: Change) => void) {
    this.#tell = tell
  }

  async download(destination: string, objects: readonly Wanted[]): Promise<Downloaded> {
    const id = ++this.#last
    const files = objects.length
    const filesDone = Math.min(this.stallsAfter ?? files, files)
    const sum = (some: readonly Wanted[]) => some.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
    const half = filesDone < files ? (objects[filesDone]?.sizeBytes ?? 0) / 2 : 0
    const download = { kind: 'downloading', id, destination, files, filesDone, bytes: sum(objects), bytesDone: sum(objects.slice(0, filesDone)) + half } as const
    this.#tell({ ...download, isOver: false })
    const isStalled = filesDone < files && !this.refuse
    if (isStalled) await new Promise<void>((stop) => this.#stops.set(id, stop))
    this.#tell({ ...download, isOver: true })
    return { files: filesDone, wasStopped: isStalled, failure: filesDone < files ? this.refuse : null }
  }

  stop(download: number): void {
    this.#stops.get(download)?.()
    this.#stops.delete(download)
  }
}

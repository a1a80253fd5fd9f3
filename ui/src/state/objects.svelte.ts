// What can be done with objects that are in the bucket, where the role allows it; and a new folder.
import { SvelteMap } from 'svelte/reactivity'
import { asFailure } from '../ipc/backend'
import type { Destination, Download, Entry, Extras } from '../ipc/bindings'
import { m } from '../paraglide/messages.js'
import { countText, whenText } from '../texts/format'
import type { Listing } from './listing.svelte'
import type { Sandglass } from './sandglass.svelte'

export class Objects {
  #sandglass: Sandglass
  #downloads = new SvelteMap<number, Download>()
  /** Those that go on, the oldest first. */
  readonly downloads = $derived([...this.#downloads.values()])

  constructor(sandglass: Sandglass) {
    this.#sandglass = sandglass
  }

  /** What the role allows besides uploads; nothing where it cannot be found out. */
  async extras(destination: Destination, key: string): Promise<Extras> {
    return this.#sandglass.backend.extras(destination.id, key).catch(() => ({ reads: false, deletes: false }))
  }

  copyLink(destination: Destination, { key, name }: Entry): void {
    const copied = this.#sandglass.backend.copyLink(destination.id, key).then((endsAt) => {
      this.#sandglass.say(m.extras_link_copied({ name, time: whenText(endsAt) }))
    })
    this.#try(copied)
  }

  download(destination: Destination, entries: readonly Entry[]): void {
    const wanted = entries.map(({ key, sizeBytes }) => ({ key, sizeBytes: sizeBytes ?? 0 }))
    const again = (from: number) => () => this.download(destination, entries.slice(from))
    const downloaded = this.#sandglass.backend.download(destination.id, wanted).then((ended) => {
      if (!ended) return
      const { files, wasStopped, failure } = ended
      const count = { count: files, n: countText(files) }
      if (wasStopped) this.#sandglass.say(m.extras_download_stopped({ ...count, of: countText(entries.length) }))
      else if (files > 0) this.#sandglass.say(m.extras_downloaded(count))
      if (failure) this.#sandglass.tell(failure, again(files))
    })
    this.#try(downloaded, again(0))
  }

  stopDownload({ id }: Download): void {
    this.#try(this.#sandglass.backend.stopDownload(id))
  }

  receive(download: Download): void {
    if (download.isOver) this.#downloads.delete(download.id)
    else this.#downloads.set(download.id, download)
  }

  askDelete(destination: Destination, listing: Listing, entries: readonly Entry[]): void {
    this.#sandglass.panel = { kind: 'delete', destination, listing, entries }
  }

  delete(destination: Destination, listing: Listing, entries: readonly Entry[]): void {
    this.#sandglass.panel = null
    const keys = entries.map(({ key }) => key)
    const deleted = this.#sandglass.backend.deleteObjects(destination.id, keys).then(({ count, areHidden, failure }) => {
      const done = { count, n: countText(count) }
      if (count > 0) this.#sandglass.say(areHidden ? m.delete_hidden(done) : m.delete_done(done))
      listing.selection.forget(keys.slice(0, count))
      if (failure) this.#sandglass.tell(failure)
    })
    this.#try(deleted)
  }

  /** Fails with the `Failure`, for the sheet to show at its field. */
  async makeFolder(destination: Destination, folder: string, name: string): Promise<void> {
    const made = await this.#sandglass.backend.makeFolder(destination.id, folder, name)
    this.#sandglass.destinations.openFolder(destination.id, made)
  }

  #try(wish: Promise<void>, retry?: () => void): void {
    wish.catch((thrown) => this.#sandglass.tell(asFailure(thrown), retry))
  }
}

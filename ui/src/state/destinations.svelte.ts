// The saved destinations, which of them is shown, and which folder of each was open last.
import { SvelteMap } from 'svelte/reactivity'
import type { Destination } from '../ipc/bindings'

export class Destinations {
  #selected = $state.raw<string | null>(null)
  #folders = new SvelteMap<string, string>()

  all = $state.raw<readonly Destination[]>([])
  readonly shown: Destination | null = $derived(this.all.find((destination) => destination.id === this.#selected) ?? this.all[0] ?? null)
  /** A whole prefix in the bucket. */
  readonly folder: string = $derived(this.shown ? folderOf(this.shown, this.#folders.get(this.shown.id)) : '')

  receive(all: readonly Destination[], selected: string | null): void {
    this.all = all
    this.#selected = selected
  }

  of(id: string): Destination | null {
    return this.all.find((destination) => destination.id === id) ?? null
  }

  openFolder(destination: string, folder: string): void {
    this.#folders.set(destination, folder)
  }
}

/** The folder that was open last, unless the destination has come to be for another one. */
function folderOf({ prefix }: Destination, last = prefix): string {
  return last.startsWith(prefix) ? last : prefix
}

/** Whom its uploads go to, for "no connection to". */
export function hostOf(destination: Destination): string {
  if (!destination.endpoint) return `s3.${destination.region}.amazonaws.com`
  return destination.endpoint.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

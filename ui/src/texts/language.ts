// The page speaks the system's language, English or Japanese; numbers and dates follow its regional form.
import { getLocale, overwriteGetLocale } from '../paraglide/runtime.js'

export type Language = 'en' | 'ja'

let region = 'en'

/** First of `wanted` that Sandglass speaks. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0]
    if (language === 'en' || language === 'ja') return language
  }
  return 'en'
}

export function useLanguage(wanted: readonly string[]): Language {
  const language = chooseLanguage(wanted)
  region = wanted.find((tag) => tag.toLowerCase().startsWith(language)) ?? language
  overwriteGetLocale(() => language)
  document.documentElement.lang = language
  return language
}

/** The one that is spoken now. */
export function pageLanguage(): Language {
  return getLocale() === 'ja' ? 'ja' : 'en'
}

/** BCP 47 tag for `Intl`: `en-GB` writes another date than `en-US`. */
export function regionTag(): string {
  return region
}

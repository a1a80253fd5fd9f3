// Compile-time proof that both languages have the same keys: the build fails on the line that does not hold.
import type en from '../../messages/en.json'
import type ja from '../../messages/ja.json'

type Same<A, B> = Exclude<keyof A, keyof B> extends never ? true : Exclude<keyof A, keyof B>

export const everyEnglishTextHasJapanese: Same<typeof en, typeof ja> = true
export const everyJapaneseTextHasEnglish: Same<typeof ja, typeof en> = true

import { describe, expect, test } from 'vitest'
import en from '../messages/en.json'
import ja from '../messages/ja.json'
import { chooseLanguage, useLanguage } from '../src/texts/language'
import { clockText, durationText, exactText, momentText, percentText, sizeText, storageClassText, whenText } from '../src/texts/format'
import { failureSentences, failureText } from '../src/texts/failures'
import type { Code } from '../src/ipc/bindings'

const words = (text: unknown): string => (typeof text === 'string' ? text : JSON.stringify(text))
const blanks = (text: unknown): string[] => [...new Set(words(text).match(/\{\w+\}/g) ?? [])].sort()
const forbidden = /credential|\btoken\b|\bprofile\b|\bbookmark\b|\btask\b|\bchunk\b|\bbatch\b|\bjob\b|\bdiagnostic\b/i

describe('texts', () => {
  test('every text stands in both languages with the same blanks', () => {
    expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort())
    for (const [key, text] of Object.entries(en)) {
      if (key === '$schema') continue
      expect(words(ja[key as keyof typeof ja]), key).not.toBe('')
      expect(blanks(ja[key as keyof typeof ja]), key).toEqual(blanks(text))
    }
  })

  test('no text uses a word the design forbids', () => {
    for (const [key, text] of Object.entries(en)) {
      // AWS's own profiles are called what AWS calls them.
      const ours = /profile/i.test(key) ? words(text).replaceAll(/profile/gi, '') : words(text)
      expect(ours, key).not.toMatch(forbidden)
    }
  })

  test.each(['en', 'ja'])('every failure has a sentence in %s', (language) => {
    useLanguage([language])
    for (const code of Object.keys(failureSentences) as Code[]) {
      const sentence = failureText({ code, message: 'no text', remedy: 'nothing', about: 'THING' })
      expect(sentence, code).not.toBe('no text')
      expect(sentence, code).not.toContain(code)
      expect(sentence, code).toMatch(language === 'en' ? /\.$/ : /。$/)
    }
  })

  test('a code that this page does not know still says its English sentence', () => {
    expect(failureText({ code: 'fromTheFuture' as Code, message: 'Something new.', remedy: 'nothing', about: '' })).toBe('Something new.')
  })

  test('the language follows the system, English when it is neither', () => {
    expect(chooseLanguage(['fr-FR', 'ja-JP', 'en-US'])).toBe('ja')
    expect(chooseLanguage(['de'])).toBe('en')
  })

  test('sizes are decimal and short', () => {
    expect([0, 999, 4100, 512_400_000, 3_100_000_000].map(sizeText)).toEqual(['0 bytes', '999 bytes', '4 kB', '512.4 MB', '3.1 GB'])
    expect(sizeText(999_999)).toBe('1 MB')
  })

  test('a percentage is never rounded up to the end', () => {
    expect(percentText(0.9999)).toBe('99%')
    expect(percentText(0.29)).toBe('29%')
  })

  test('the clock and durations are read easily', () => {
    expect([0, 9, 2472, 43_199].map(clockText)).toEqual(['0:00', '0:09', '41:12', '11:59:59'])
    expect([0.2, 70, 600, 5400, 400_000].map(durationText)).toEqual(['1 sec', '1 min 10 secs', '10 mins', '1 hr 30 mins', '5 days'])
  })

  test('days near today are called by name', () => {
    const now = new Date('2026-11-23T16:00:00Z')
    expect(whenText('2026-11-23T14:58:00Z', now)).toBe('today 14:58')
    expect(whenText('2026-11-22T18:20:00Z', now)).toBe('yesterday 18:20')
    expect(whenText('2026-11-20T09:14:00Z', now)).toBe('20 Nov 09:14')
    expect(whenText('2024-11-20T09:14:00Z', now)).toBe('20 Nov 2024')
    expect(whenText('', now)).toBe('')
    expect(exactText('2024-11-20T09:14:00Z', now)).toBe('20 Nov 2024 09:14')
    expect(momentText('2026-11-23T14:58:00Z', now)).toBe('14:58')
    expect(momentText('2026-11-22T18:20:00Z', now)).toBe('yesterday 18:20')
  })

  test('storage classes are words', () => {
    expect(storageClassText('STANDARD_IA')).toBe('Standard IA')
    expect(storageClassText(null)).toBe('')
  })
})

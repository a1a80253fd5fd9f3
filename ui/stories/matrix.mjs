// Which looks each story is drawn in, and what is checked in each.

export const SIZES = { large: [1000, 700], small: [480, 360] }
const LANGUAGES = ['en', 'ja']
const THEMES = ['light', 'dark']

const nameOf = ({ story, lang, theme, size }) => `${story}.${lang}.${theme}.${size}`

/** Every story in the two looks that differ in all; the main ones in all eight. */
function picturesOf(story, isMain) {
  const looks = LANGUAGES.flatMap((lang) => THEMES.flatMap((theme) => Object.keys(SIZES).map((size) => ({ story, lang, theme, size }))))
  const first = ({ lang, theme, size }) => lang === 'en' && theme === 'light' && size === 'large'
  const second = ({ lang, theme, size }) => lang === 'ja' && theme === 'dark' && size === 'small'
  return looks
    .filter((look) => isMain || first(look) || second(look))
    .map((look) => ({ ...look, name: nameOf(look), isPicture: true, axe: first(look) ? 'all' : second(look) ? 'colours' : 'none' }))
}

/** Texts that are 40 % longer: no picture, only whether they have room. */
function longOf(story) {
  return Object.keys(SIZES).map((size) => ({ story, lang: 'en', theme: 'light', size, texts: 'long', name: `${story}, with texts 40 % longer, ${size}`, isPicture: false, axe: 'none' }))
}

/** By size, since a window is slow to change its own. */
export function looksOf({ all, main }, isWanted) {
  const looks = all.filter(isWanted).flatMap((story) => [...picturesOf(story, main.includes(story)), ...longOf(story)])
  return looks.sort((a, b) => a.size.localeCompare(b.size))
}

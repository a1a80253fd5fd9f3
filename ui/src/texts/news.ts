// What is no failure and is said once.
import type { News } from '../ipc/bindings'
import { m } from '../paraglide/messages.js'
import { durationText } from './format'

export function newsText(news: News, name: string): string {
  switch (news.what) {
    case 'lengthLowered':
      return m.news_length_lowered({ name, length: durationText(news.toSeconds) })
    case 'narrowingOff':
      return m.news_narrowing_off({ name })
  }
}

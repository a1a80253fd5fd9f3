// A picture as small as PNG allows: so few colours that each pixel takes one byte. What that hides is less than a comparison lets pass.
import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'

/** Grounds, lines and inks, which a person looks at, are kept; the shades at the edges of letters are rounded to so many steps. */
const KEPT = 24
const STEPS = [20, 12, 8]
const MOST_COLOURS = 256
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

/** The colours that most pixels have. */
function mainColours(pixels) {
  const counts = new Map()
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1)
  const byCount = [...counts].sort(([, a], [, b]) => b - a)
  return new Map(byCount.slice(0, KEPT).map(([pixel]) => [pixel, pixel]))
}

/** A pixel is read from the lowest byte upwards: red, green, blue, opacity. */
function channelsOf(pixel) {
  return [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]
}

function roundedTo(steps) {
  const step = 255 / (steps - 1)
  const round = (value) => Math.round(Math.round(value / step) * step)
  return (pixel) => {
    const [red, green, blue] = channelsOf(pixel).map(round)
    return (red | (green << 8) | (blue << 16) | (255 << 24)) >>> 0
  }
}

function chunk(kind, data) {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** Each pixel's place in the palette, and before each row that it is not filtered; null where there are too many colours. */
function indexed(pixels, width, kept, round) {
  const colours = new Map(kept)
  const places = new Map()
  const rows = Buffer.alloc(pixels.length + pixels.length / width)
  for (let i = 0; i < pixels.length; i += 1) {
    let colour = colours.get(pixels[i])
    if (colour === undefined) colours.set(pixels[i], (colour = round(pixels[i])))
    let place = places.get(colour)
    if (place === undefined) places.set(colour, (place = places.size))
    rows[i + Math.floor(i / width) + 1] = place
  }
  return places.size > MOST_COLOURS ? null : { rows, palette: [...places.keys()] }
}

export function packed(bytes) {
  const { width, height, data } = PNG.sync.read(bytes)
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height)
  const kept = mainColours(pixels)
  for (const steps of STEPS) {
    const found = indexed(pixels, width, kept, roundedTo(steps))
    if (found) return written(width, height, found)
  }
  throw new Error('A picture has more colours than a palette has room for.')
}

function written(width, height, { rows, palette }) {
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  // Eight bits for a pixel, which is a place in the palette.
  size.set([8, 3, 0, 0, 0], 8)
  const colours = Buffer.from(palette.flatMap(channelsOf))
  const pixels = deflateSync(rows, { level: 9, memLevel: 9 })
  return Buffer.concat([SIGNATURE, chunk('IHDR', size), chunk('PLTE', colours), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

// A picture as small as PNG allows: its colours are rounded, which leaves so few that each pixel takes one byte.
import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'

/** To how many steps colours are rounded, as few as are needed; what that hides is less than what a comparison lets pass. */
const STEPS = [32, 24, 16, 8]
const MOST_COLOURS = 256
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

function rounded({ width, height, data }, steps) {
  const step = 255 / (steps - 1)
  const to = Uint8Array.from({ length: 256 }, (_, value) => Math.round(Math.round(value / step) * step))
  return { width, height, data: data.map((value) => to[value]) }
}

function chunk(kind, data) {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** Each pixel's place in the palette, and before each row that it is not filtered; null where there are too many colours. */
function indexed({ width, height, data }) {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height)
  const places = new Map()
  const rows = Buffer.alloc((width + 1) * height)
  for (let i = 0; i < pixels.length; i += 1) {
    let place = places.get(pixels[i])
    if (place === undefined) places.set(pixels[i], (place = places.size))
    rows[i + Math.floor(i / width) + 1] = place
  }
  return places.size > MOST_COLOURS ? null : { rows, palette: [...places.keys()] }
}

export function packed(bytes) {
  const png = PNG.sync.read(bytes)
  for (const steps of STEPS) {
    const found = indexed(rounded(png, steps))
    if (found) return written(png, found)
  }
  throw new Error('A picture has more colours than PNG has room for in a palette.')
}

function written({ width, height }, { rows, palette }) {
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  // Eight bits for a pixel, which is a place in the palette.
  size.set([8, 3, 0, 0, 0], 8)
  // A pixel is read from the lowest byte upwards: red, green, blue, opacity.
  const colours = Buffer.from(palette.flatMap((pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]))
  const pixels = deflateSync(rows, { level: 9, memLevel: 9 })
  return Buffer.concat([SIGNATURE, chunk('IHDR', size), chunk('PLTE', colours), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

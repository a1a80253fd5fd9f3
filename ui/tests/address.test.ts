import { describe, expect, test } from 'vitest'
import { arnOf, httpsUrl, placeOf, s3Url } from '../src/texts/address'

const HERE = {
  bucket: 's3-fs-example-bucket',
  region: 'ap-northeast-1',
  prefix: '',
  roleArn: 'arn:aws:iam::123456789012:role/sts-s3-example-role',
  endpoint: null,
  addressing: { style: 'usual' as const, isFips: false, isDualStack: false },
}

describe('an object is called', () => {
  test('by its s3:// URL and its ARN, in its own partition', () => {
    expect(s3Url(HERE, 'incoming/a b.wav')).toBe('s3://s3-fs-example-bucket/incoming/a b.wav')
    expect(arnOf(HERE, 'incoming/a b.wav')).toBe('arn:aws:s3:::s3-fs-example-bucket/incoming/a b.wav')
    expect(arnOf({ ...HERE, roleArn: 'arn:aws-cn:iam::1:role/r' }, 'k')).toBe('arn:aws-cn:s3:::s3-fs-example-bucket/k')
  })

  test.each([
    [HERE, 'https://s3-fs-example-bucket.s3.ap-northeast-1.amazonaws.com/incoming/%E9%9F%B3%20%2B.wav'],
    [{ ...HERE, bucket: 'a.b.c' }, 'https://s3.ap-northeast-1.amazonaws.com/a.b.c/incoming/%E9%9F%B3%20%2B.wav'],
    [{ ...HERE, endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/s3-fs-example-bucket/incoming/%E9%9F%B3%20%2B.wav'],
    [{ ...HERE, endpoint: 'https://storage.example.com', addressing: { ...HERE.addressing, style: 'virtualHosted' as const } }, 'https://s3-fs-example-bucket.storage.example.com/incoming/%E9%9F%B3%20%2B.wav'],
  ])('by the https URL that its server has for it', (target, expected) => {
    expect(httpsUrl(target, 'incoming/音 +.wav')).toBe(expected)
  })

  test('and each of these leads back to it', () => {
    const key = 'incoming/音 +.wav'
    for (const text of [s3Url(HERE, key), arnOf(HERE, key), httpsUrl(HERE, key), httpsUrl({ ...HERE, endpoint: 'http://127.0.0.1:9000' }, key), ` ${key}\n`]) {
      expect(placeOf(text, HERE)).toEqual({ kind: 'here', folder: 'incoming/', key })
    }
  })
})

describe('what is pasted', () => {
  test('leads nowhere outside of the folder that the destination is for', () => {
    const inside = { ...HERE, prefix: 'incoming/' }
    expect(placeOf('s3://s3-fs-example-bucket/other/x', inside)).toEqual({ kind: 'outside' })
    expect(placeOf('s3://s3-fs-example-bucket/', inside)).toEqual({ kind: 'outside' })
    expect(placeOf('incoming/2026/', inside)).toEqual({ kind: 'here', folder: 'incoming/2026/', key: null })
  })

  test.each([
    ['take', null],
    ['', null],
    ['incoming/2026/', { kind: 'here', folder: 'incoming/2026/', key: null }],
    ['s3://s3-fs-example-bucket', { kind: 'here', folder: '', key: null }],
    ['s3://s3-fs-example-bucket/top.txt', { kind: 'here', folder: '', key: 'top.txt' }],
    ['s3://another/incoming/x', { kind: 'elsewhere', bucket: 'another' }],
    ['https://example.com/page', { kind: 'elsewhere', bucket: 'page' }],
    ['https://s3-fs-example-bucket.s3.amazonaws.com/%', null],
    ['ftp://host/x', null],
  ])('%s', (text, expected) => {
    expect(placeOf(text, HERE)).toEqual(expected)
  })
})

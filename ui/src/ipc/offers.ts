// What the fake offers.
import type { AwsProfile, Offer } from './bindings'
import { PLAIN } from './scenes'

const ROLE = 'arn:aws:iam::123456789012:role/sts-s3-example-role'
const EMPTY = { prefix: '', endpoint: '', stsEndpoint: '', sessionSeconds: '3600', externalId: '', mfaSerial: '', addressing: PLAIN.addressing, session: PLAIN.session, uploads: PLAIN.uploads }

export const DROP_ZONE: Offer = {
  source: 'dropZone',
  sourceName: 'field.sandglass',
  form: { ...EMPTY, name: 'Field archive', roleArn: ROLE, region: 'eu-west-1', bucket: 'field-archive', prefix: 'incoming/', endpoint: 'https://storage.example.com' },
  key: null,
  leftOut: ['colour'],
  mayUpload: false,
}

export const KEY_FILE: Offer = {
  source: 'keyFile',
  sourceName: 'uploader_accessKeys.csv',
  form: { ...EMPTY, name: '', roleArn: '', region: '', bucket: '', sessionSeconds: '' },
  key: { ticket: 9, fileName: 'uploader_accessKeys.csv', keyEnds: 'WXYZ' },
  leftOut: [],
  mayUpload: true,
}

export const PROFILES: AwsProfile[] = [
  { name: 'default', roleArn: null },
  { name: 'field', roleArn: ROLE },
]

export function profileOffer(name: string): Offer {
  return {
    source: 'profile',
    sourceName: name,
    form: { ...EMPTY, name, roleArn: ROLE, region: 'eu-west-1', bucket: '' },
    key: { ticket: 8, fileName: name, keyEnds: 'PROF' },
    leftOut: ['ca_bundle'],
    mayUpload: false,
  }
}

// What an object or a folder is called elsewhere, and what a pasted address means here.
import type { Destination } from '../ipc/bindings'

type Target = Pick<Destination, 'bucket' | 'region' | 'roleArn' | 'endpoint' | 'addressing' | 'prefix'>

export function s3Url({ bucket }: Target, key: string): string {
  return `s3://${bucket}/${key}`
}

export function arnOf({ bucket, roleArn }: Target, key: string): string {
  return `arn:${partitionOf(roleArn)}:s3:::${bucket}/${key}`
}

/** Where the object would be read from, by somebody who may ("Methods for accessing a bucket", S3 user guide). */
export function httpsUrl({ bucket, region, roleArn, endpoint, addressing }: Target, key: string): string {
  const path = key.split('/').map(encodeURIComponent).join('/')
  const host = `s3.${region}.amazonaws.com${partitionOf(roleArn) === 'aws-cn' ? '.cn' : ''}`
  const server = endpoint ?? `https://${host}`
  // AWS's certificates have no name for a bucket with dots in it.
  const isPath = addressing.style === 'path' || (addressing.style === 'usual' && (endpoint !== null || bucket.includes('.')))
  return isPath ? `${server}/${bucket}/${path}` : `${server.replace('://', `://${bucket}.`)}/${path}`
}

function partitionOf(roleArn: string): string {
  return roleArn.split(':')[1] ?? 'aws'
}

/** `outside`: in the bucket, but not where the destination is for. */
export type Place = { kind: 'here'; folder: string; key: string | null } | { kind: 'elsewhere'; bucket: string } | { kind: 'outside' }

/** A pasted key, s3:// URL, ARN or https URL; null for what is only a word to filter by. */
export function placeOf(pasted: string, target: Target): Place | null {
  const text = pasted.trim()
  const named = /^(?:s3:\/\/|arn:[a-z-]+:s3:::)([^/]+)(?:\/(.*))?$/su.exec(text) ?? webAddress(text, target)
  if (named) {
    const [, bucket = '', key = ''] = named
    return bucket === target.bucket ? here(key, target) : { kind: 'elsewhere', bucket }
  }
  return text.includes('/') && !text.includes('://') ? here(text, target) : null
}

function here(key: string, { prefix }: Target): Place {
  if (!key.startsWith(prefix)) return { kind: 'outside' }
  const end = key.lastIndexOf('/') + 1
  return { kind: 'here', folder: key.slice(0, end), key: end === key.length ? null : key }
}

/** As a match of address, bucket and key: the bucket is the first word of the path, or of the host. */
function webAddress(text: string, { bucket }: Target): string[] | null {
  if (!/^https?:\/\//u.test(text) || !URL.canParse(text)) return null
  const { hostname, pathname } = new URL(text)
  const path = decoded(pathname.slice(1))
  if (path === null) return null
  const [first = '', ...rest] = path.split('/')
  if (hostname.startsWith(`${bucket}.`)) return [text, bucket, path]
  return [text, first, rest.join('/')]
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

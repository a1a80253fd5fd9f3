// What the fake answers when it is asked, apart from what it keeps.
import type { PolicyAdvice, Receipt, Row, Totals } from './bindings'

export function adviceFor(bucket: string): PolicyAdvice {
  const resource = `arn:aws:s3:::${bucket}`
  const corrected = [
    { Effect: 'Allow', Action: 's3:PutObject', Resource: `${resource}/*` },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: resource },
  ]
  return {
    published: [`"Action": ["s3:PutObject", "s3:ListBucket"], "Resource": "${resource}/*"`],
    corrected: [`"Action": "s3:PutObject", "Resource": "${resource}/*"`, `"Action": "s3:ListBucket", "Resource": "${resource}"`],
    document: JSON.stringify({ Version: '2012-10-17', Statement: corrected }, null, 2),
  }
}

export function receiptFor(row: Row): Receipt {
  const made = { crc64nvme: 'dzzcFHEJ8jM=', etag: '"9bb58f26192e4ba00f01e2e7b136bbd8-62"', versionId: '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY' }
  return { key: row.key, sizeBytes: row.sizeBytes, ...made, storedAt: '2026-11-23T14:58:21Z', proof: row.proof ?? 'checksum' }
}

const removing = { ID: 'remove-incomplete-uploads', Status: 'Enabled', Filter: {}, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }
export const RULE = JSON.stringify({ Rules: [removing] }, null, 2)

export function totalsOf(all: readonly Row[], destination: string, speed: number, standing: Pick<Totals, 'isPaused' | 'isReachable'>): Totals {
  const rows = all.filter((row) => row.state !== 'cancelled' && row.state !== 'skipped')
  const sum = (of: (row: Row) => number) => rows.reduce((summed, row) => summed + of(row), 0)
  const bytes = sum((row) => row.sizeBytes)
  const bytesSent = sum((row) => (row.state === 'stored' ? row.sizeBytes : row.sentBytes))
  const runs = rows.some((row) => row.state === 'sending')
  return {
    ...{ destination, bytes, bytesSent, files: rows.length, isPlanning: false, bytesPerSecond: runs ? speed : 0 },
    ...standing,
    filesPaused: rows.filter((row) => row.state === 'paused').length,
    filesWaitingForNetwork: rows.filter((row) => row.state === 'waitingForNetwork').length,
    filesStored: rows.filter((row) => row.state === 'stored').length,
    filesStopped: rows.filter((row) => row.state === 'conflict' || row.state === 'failed').length,
    secondsLeft: runs ? Math.round((bytes - bytesSent) / speed) : null,
  }
}

export const SUPPORT = `# Sandglass: for whoever helps

## Program

- version 0.1.0
- linux on x86_64

## Destination Field recordings

- bucket s3-fs-example-bucket in ap-northeast-1, folder "incoming/"
- role arn:aws:iam::123456789012:role/sts-s3-example-role
- access key …Q7RA
- session: runs, 2472 of 3600 s left

## The end of the log

\`\`\`
2026-11-25T09:12:44Z  WARN bucket::retry: again after a failure
\`\`\`
`

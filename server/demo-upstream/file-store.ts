// The files that the demo upstream keeps, and those that are coming in parts.

export interface KeptFile {
  readonly id: string
  readonly filename: string
  readonly purpose: string
  readonly data: Buffer
  readonly createdS: number
}

export interface KeptUpload {
  readonly id: string
  readonly filename: string
  readonly purpose: string
  readonly bytes: number
  readonly createdS: number
  readonly parts: Map<string, Buffer>
}

const FILES_MAX = 1_000

export class FileStore {
  readonly files = new Map<string, KeptFile>()
  readonly uploads = new Map<string, KeptUpload>()

  keep(file: KeptFile): void {
    this.files.set(file.id, file)
    const [oldest] = this.files.keys()
    if (this.files.size > FILES_MAX && oldest !== undefined) this.files.delete(oldest)
  }

  clear(): void {
    this.files.clear()
    this.uploads.clear()
  }
}

export const fileObject = ({ id, filename, purpose, data, createdS }: KeptFile) => ({
  id,
  object: 'file',
  bytes: data.length,
  created_at: createdS,
  filename,
  purpose,
  status: 'processed',
  status_details: null,
})

export const uploadObject = ({ id, filename, purpose, bytes, createdS }: KeptUpload, status: string) => ({
  id,
  object: 'upload',
  bytes,
  created_at: createdS,
  filename,
  purpose,
  status,
  expires_at: createdS + 3_600,
})

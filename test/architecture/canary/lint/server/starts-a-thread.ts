// breaks: noRestrictedImports
import { Worker } from 'node:worker_threads'

export const start = (url: URL): Worker => new Worker(url)

// breaks: operations-imports
import { pipeline } from '../gateway/pipeline.ts'

export const run = pipeline

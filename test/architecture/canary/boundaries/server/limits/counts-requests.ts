// breaks: limits-imports
import { pipeline } from '../gateway/pipeline.ts'

export const count = pipeline

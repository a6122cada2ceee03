// breaks nothing
import { codes } from '../contract/errors.ts'

export const port = codes.length

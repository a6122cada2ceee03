// breaks nothing
import { codes } from '../../contract/errors.ts'

export type NanoUsd = number
export const zero: NanoUsd = codes.length - codes.length

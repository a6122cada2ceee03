// breaks: ledger-is-pure
import { randomInt } from 'node:crypto'

export const number = randomInt(10)

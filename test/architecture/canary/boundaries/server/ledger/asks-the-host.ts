// breaks: ledger-is-pure
import { port } from '../ports.ts'

export const now = port

// breaks nothing
import { balance } from '../../db/repositories/users.ts'

export const users = balance

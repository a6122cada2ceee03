// breaks: http-imports
import { users } from '../operations/handlers/users.ts'

export const direct = users

// breaks: only-db-knows-the-database
import { eq } from 'drizzle-orm'

export const equal = eq

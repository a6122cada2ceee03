// Secrets that must be readable again, as sealed bytes. Sealing and opening is done in server/settings.
import { eq } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { sealedValues } from '../schema/settings.ts'

export interface SealedValuesRepository {
  get(name: string): Buffer | undefined
  set(name: string, sealed: Buffer, at: number): void
  delete(name: string): void
}

export function createSealedValuesRepository({ orm }: Db): SealedValuesRepository {
  return {
    get: (name) => orm.select().from(sealedValues).where(eq(sealedValues.name, name)).get()?.sealed,
    set: (name, sealed, at) =>
      void orm
        .insert(sealedValues)
        .values({ name, sealed, updatedAt: at })
        .onConflictDoUpdate({ target: sealedValues.name, set: { sealed, updatedAt: at } })
        .run(),
    delete: (name) => void orm.delete(sealedValues).where(eq(sealedValues.name, name)).run(),
  }
}

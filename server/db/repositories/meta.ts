// Facts about the database itself, such as that the set-up is done.
import { eq } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { meta } from '../schema/settings.ts'

export interface MetaRepository {
  get(name: string): string | undefined
  set(name: string, value: string): void
}

export function createMetaRepository({ orm }: Db): MetaRepository {
  return {
    get: (name) => orm.select().from(meta).where(eq(meta.name, name)).get()?.value,
    set: (name, value) =>
      void orm
        .insert(meta)
        .values({ name, value })
        .onConflictDoUpdate({ target: meta.name, set: { value } })
        .run(),
  }
}

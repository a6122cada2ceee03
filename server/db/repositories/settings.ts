// Settings as stored: names and JSON values, with who changed them when. What they mean is decided in server/settings.
import { sql } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { settings } from '../schema/settings.ts'

export interface SettingsRepository {
  /** Every stored value by name. */
  read(): Record<string, unknown>
  /** Stores these values in one transaction. */
  write(values: Readonly<Record<string, unknown>>, by: string | null, at: number): void
}

export function createSettingsRepository({ raw, orm }: Db): SettingsRepository {
  const write = raw.transaction(
    (values: Readonly<Record<string, unknown>>, by: string | null, at: number) => {
      for (const [name, value] of Object.entries(values)) {
        orm
          .insert(settings)
          .values({ name, value: JSON.stringify(value), updatedAt: at, updatedBy: by })
          .onConflictDoUpdate({
            target: settings.name,
            set: {
              value: sql`excluded.value`,
              updatedAt: sql`excluded.updated_at`,
              updatedBy: sql`excluded.updated_by`,
            },
          })
          .run()
      }
    },
  )
  return {
    read: () => {
      const stored = orm.select({ name: settings.name, value: settings.value }).from(settings).all()
      return Object.fromEntries(stored.map(({ name, value }) => [name, JSON.parse(value)]))
    },
    write: (values, by, at) => write.immediate(values, by, at),
  }
}

// Where the schema is and where its migrations go. `drizzle-kit generate --config drizzle/drizzle.config.ts`, from the root.
import { defineConfig } from 'drizzle-kit'

// drizzle-kit wants a default export.
export default defineConfig({
  dialect: 'sqlite',
  schema: './server/db/schema/*.ts',
  out: './drizzle',
})

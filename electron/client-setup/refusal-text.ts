// What an answer that is none says: in the words of the error in it, or as it came.
import { z } from 'zod'

export const refused = z.looseObject({
  error: z.looseObject({ message: z.string(), code: z.string().nullable() }),
})

export function refusalIn(status: number | undefined, text: string): string {
  try {
    const { error } = refused.parse(JSON.parse(text))
    return `${status} ${error.code ?? ''}: ${error.message}`
  } catch {
    return `${status}: ${text.slice(0, 200)}`
  }
}

// The cursor of every list: where the next page starts. Opaque to callers, checked here so that junk is refused by name.
import { z } from 'zod'

/** `<number>` or `<number>.<id>`: the sort key of the last row of the page before. */
export const cursor = z
  .string()
  .regex(/^\d{1,16}(\.[A-Za-z0-9_:-]{1,64})?$/, 'has to be the nextCursor of an earlier answer, unchanged')

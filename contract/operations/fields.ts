// The fields that several operations share: ids, emails, passwords, pages. Each has a limit; none is trusted as sent.
import { z } from 'zod'
import { cursor } from '../paging.ts'

export const id = z.string().min(1).max(64)

/** Trimmed and in lower case, so that one person has one spelling. Names without a dot (admin@localhost) are allowed. */
export const email = z
  .string()
  .max(254)
  .trim()
  .toLowerCase()
  .pipe(
    z.email({ pattern: z.regexes.html5Email, error: 'has to be an email address, such as name@example.com' }),
  )

export const password = z
  .string()
  .min(10, 'has to have at least 10 characters')
  .max(256, 'has to have at most 256 characters')

/** What a person calls a thing; shown everywhere, so control characters are refused. */
export const label = z
  .string()
  .trim()
  .min(1, 'has to have at least 1 character')
  .max(100, 'has to have at most 100 characters')
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'must not contain control characters')

export const unixMs = z.int().min(0)
/** Signed nano-dollars within the safe integers. */
export const nanoUsd = z.int()
/**
 * A sum of nano-dollars over many people or requests. Exact within the safe integers (±$9.0 million); beyond them the nearest
 * number there is, a nano-dollar or two off. Only ever looked at: what anything is decided by is one person's, and exact.
 */
export const nanoUsdSum = z.number().refine(Number.isInteger, 'has to be a whole number')
/** An amount that an administrator types: up to a million dollars, so that a slip of the zero key stays small. */
export const positiveNanoUsd = z.int().min(1).max(1_000_000_000_000_000)

/** Why money was moved; kept with the entry, and shown to the person. */
export const note = z.string().trim().min(1, 'has to say why').max(500)

/** Typed changes of a balance; what requests cost is none of them. */
export const balanceChangeKind = z.enum([
  'top_up',
  'gift',
  'code',
  'correction',
  'refund',
  'charge',
  'write_off',
])

/** What a person has, and what is left of it to spend. */
export const accountState = z.strictObject({
  balanceNanoUsd: nanoUsd,
  creditLimitNanoUsd: nanoUsd,
  openHoldsNanoUsd: nanoUsd,
  /** balance + credit limit − open holds. */
  availableNanoUsd: nanoUsd,
})

/** Members of the input of every list that is in the order of time: a page of at most 200 rows, and where it starts. */
export const page = {
  limit: z.int().min(1).max(200).default(50),
  cursor: cursor
    .refine((text) => text.includes('.'), 'has to be the nextCursor of an earlier answer, unchanged')
    .optional(),
}

export const direction = z.enum(['asc', 'desc'])
export type Direction = z.infer<typeof direction>

/** The same for lists that sort by one of several names: by the first of them, downwards, where nothing is said. */
export const sortedPage = <const Names extends readonly [string, ...string[]]>(names: Names) => ({
  sort: z.enum(names).default(names[0]),
  direction: direction.default('desc'),
  ...page,
})

/** The same for lists that are in the order of the ledger. */
export const seqPage = {
  limit: page.limit,
  cursor: cursor
    .refine((text) => !text.includes('.'), 'has to be the nextCursor of an earlier answer, unchanged')
    .optional(),
}

/** The output of every list; `nextCursor` is null on the last page, `total` stands where counting is cheap. */
export const listOf = <Row extends z.ZodType>(row: Row) =>
  z.strictObject({
    rows: z.array(row),
    nextCursor: z.string().nullable(),
    total: z.int().optional(),
  })

export const nothing = z.strictObject({})

export const role = z.enum(['admin', 'user'])
export const userStatus = z.enum(['pending', 'active', 'suspended', 'deleted'])
export type Role = z.infer<typeof role>
export type UserStatus = z.infer<typeof userStatus>

export const locale = z.enum(['en', 'zh-CN'])
export const theme = z.enum(['system', 'light', 'dark'])
export type Locale = z.infer<typeof locale>
export type Theme = z.infer<typeof theme>

/** The secret of a link, as it stands in its address. Whatever else is sent here is a link that is not valid. */
export const linkSecret = z.string().min(1).max(200)
/** A password that is checked, not set: whether it is the right one is all that matters. */
export const knownPassword = z.string().min(1).max(256)
/** Six digits of an authenticator app, or a recovery code; spaces and dashes are how people type them. */
export const secondFactorCode = z.string().trim().min(6).max(40)

/** Where the gateway listens. Changed by starting it anew. */
export const networkFacts = z.strictObject({
  host: z.string(),
  /** 0 where the system picked one; the addresses have it. */
  port: z.int(),
  addresses: z.array(z.string()),
  isOpenToNetwork: z.boolean(),
})

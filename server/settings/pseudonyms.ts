// What stands for a person towards an upstream: a keyed hash, which says who is the same person and nothing else. Whoever
// does not have the key can neither find a person by it nor make one up.
import { createHmac } from 'node:crypto'
import type { Ids, Logger } from '../ports.ts'
import { SealedValueError, type SealedValues } from './sealed-values.ts'

export interface Pseudonyms {
  /** 24 characters of base64url: the same for a person for as long as the key lives. */
  of(userId: string): string
  /** 39 characters of base64url that stand for a text which is too long to be sent along. */
  digest(text: string): string
}

const KEY_NAME = 'pseudonym-key'
const KEY_BYTES = 32

/** The key lives as long as the database. Where it cannot be opened any more, everybody gets another pseudonym. */
export async function createPseudonyms({
  sealedValues,
  ids,
  logger,
}: {
  readonly sealedValues: SealedValues
  readonly ids: Ids
  readonly logger: Logger
}): Promise<Pseudonyms> {
  const key = await keyFrom(sealedValues, ids, logger)
  const hash = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    of: (userId) => hash(`user ${userId}`).slice(0, 24),
    digest: (text) => hash(`text ${text}`).slice(0, 39),
  }
}

async function keyFrom(sealedValues: SealedValues, ids: Ids, logger: Logger): Promise<Buffer> {
  try {
    const stored = await sealedValues.get(KEY_NAME)
    if (stored !== undefined) return Buffer.from(stored, 'base64')
  } catch (error) {
    if (!(error instanceof SealedValueError)) throw error
    logger.warn(
      { err: error },
      'the key of the pseudonyms cannot be opened; a new one gives everybody another',
    )
  }
  const made = ids.randomBytes(KEY_BYTES)
  await sealedValues.set(KEY_NAME, made.toString('base64'))
  return made
}

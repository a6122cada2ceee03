// Second factors, one per person at most, and their recovery codes. What is sealed here is opened in server/operations.
import { and, count, eq, isNull, lt, or } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { recoveryCodes, secondFactors } from '../schema/second-factors.ts'

export interface SecondFactorRow {
  readonly userId: string
  readonly sealedSecret: Buffer
  readonly createdAt: number
  /** Null while no code has come back yet: nobody is asked for one. */
  readonly confirmedAt: number | null
  readonly lastStep: number | null
}

export interface SecondFactorsRepository {
  find(userId: string): SecondFactorRow | undefined
  isOn(userId: string): boolean
  /** A new secret in place of one that was never confirmed; false where there is a confirmed one. */
  begin(userId: string, sealedSecret: Buffer, at: number): boolean
  confirm(userId: string, at: number): void
  /** Takes the code of a time step; false where this step, or a later one, was taken before. */
  takeStep(userId: string, step: number): boolean
  /** Replaces the recovery codes, of which these are SHA-256, 32 bytes each. */
  setRecoveryCodes(userId: string, hashes: readonly Buffer[]): void
  /** Takes a recovery code; false where there is none, or it was taken before. */
  takeRecoveryCode(userId: string, hash: Buffer, at: number): boolean
  recoveryCodesLeft(userId: string): number
  /** Factor and codes; false where there was none. */
  delete(userId: string): boolean
}

export function createSecondFactorsRepository({ raw, orm }: Db): SecondFactorsRepository {
  const find = (userId: string) =>
    orm.select().from(secondFactors).where(eq(secondFactors.userId, userId)).get()
  // Asked for every row of a list of people, so by the driver alone.
  const isOn = raw
    .prepare<[string], 1>('SELECT 1 FROM second_factors WHERE user_id = ? AND confirmed_at IS NOT NULL')
    .pluck()

  return {
    find,
    isOn: (userId) => isOn.get(userId) === 1,
    begin: (userId, sealedSecret, at) =>
      orm
        .insert(secondFactors)
        .values({ userId, sealedSecret, createdAt: at })
        .onConflictDoUpdate({
          target: secondFactors.userId,
          set: { sealedSecret, createdAt: at, lastStep: null },
          setWhere: isNull(secondFactors.confirmedAt),
        })
        .run().changes > 0,
    confirm: (userId, at) =>
      void orm.update(secondFactors).set({ confirmedAt: at }).where(eq(secondFactors.userId, userId)).run(),
    takeStep: (userId, step) =>
      orm
        .update(secondFactors)
        .set({ lastStep: step })
        .where(
          and(
            eq(secondFactors.userId, userId),
            or(isNull(secondFactors.lastStep), lt(secondFactors.lastStep, step)),
          ),
        )
        .run().changes > 0,
    setRecoveryCodes: (userId, hashes) =>
      raw
        .transaction(() => {
          orm.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)).run()
          for (const codeHash of hashes) orm.insert(recoveryCodes).values({ userId, codeHash }).run()
        })
        .immediate(),
    takeRecoveryCode: (userId, hash, at) =>
      orm
        .update(recoveryCodes)
        .set({ usedAt: at })
        .where(
          and(
            eq(recoveryCodes.userId, userId),
            eq(recoveryCodes.codeHash, hash),
            isNull(recoveryCodes.usedAt),
          ),
        )
        .run().changes > 0,
    recoveryCodesLeft: (userId) =>
      orm
        .select({ count: count() })
        .from(recoveryCodes)
        .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)))
        .get()?.count ?? 0,
    delete: (userId) =>
      raw
        .transaction(() => {
          orm.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)).run()
          return orm.delete(secondFactors).where(eq(secondFactors.userId, userId)).run().changes > 0
        })
        .immediate(),
  }
}

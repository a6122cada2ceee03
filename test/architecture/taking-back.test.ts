// Whatever an administrator does in the console can be taken back by its toast, or is asked about first. An operation that is
// new has to be entered here, and the screens that send it are held to what stands here.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, operationNames } from '../../contract/catalogue.ts'
import { isReading } from '../../server/operations/change-events.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** The console, and the parts of its screens that the portal has as well. */
const CONSOLE = globSync('renderer/{console,api-keys,limits-form,policy}/**/*.tsx', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.tsx'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

/** What the file of a screen has to contain that sends such an operation. */
const MEANS = {
  /** The toast that tells of it takes it back. */
  undo: /useDone\(\)[\s\S]*undo/,
  /** Nothing brings it back, and much hangs on it: its name is typed first, unless it is what takes another change back. */
  typed: /confirmName|confirm: |undo:/,
  /** Not taken back, but nothing is lost by it that cannot be made anew; it is asked about first, and names whom it is about. */
  asked: /ConfirmDialog|<Dialog|<FormDialog/,
  /** Adds something, which can be switched off, corrected or deleted afterwards. */
  adds: /./,
} as const

const OPERATIONS: Readonly<Record<string, keyof typeof MEANS | 'elsewhere'>> = {
  'users.create': 'adds',
  'users.invite': 'adds',
  'users.approve': 'adds',
  'users.resetLink': 'asked',
  // The ledger is only added to: the opposite amount is another entry, with a reason of its own.
  'users.adjustBalance': 'adds',
  'users.update': 'undo',
  'users.setStatus': 'undo',
  'users.setStatusMany': 'undo',
  'users.setRole': 'elsewhere',
  'users.reject': 'asked',
  'users.delete': 'typed',
  'users.resetSecondFactor': 'typed',
  'users.grantPlan': 'undo',
  'users.endPlan': 'typed',
  'invitations.revoke': 'asked',
  'usage.refund': 'asked',
  'losses.charge': 'asked',
  'losses.dismiss': 'asked',
  // Looked at as a change before it is written; another price takes its place.
  'prices.upsert': 'adds',
  'prices.import': 'adds',
  'prices.withdraw': 'undo',
  'models.setAccess': 'undo',
  'models.setMultiplier': 'undo',
  'settings.update': 'undo',
  // Every device has to be told anew whom to trust.
  'https.replaceAuthority': 'asked',
  'mail.update': 'undo',
  'mail.retry': 'adds',
  'upstreams.update': 'undo',
  'upstreams.create': 'adds',
  'upstreams.change': 'undo',
  'upstreams.remove': 'typed',
  'limits.update': 'undo',
  'policies.update': 'undo',
  'plans.create': 'adds',
  'plans.update': 'undo',
  'plans.archive': 'undo',
  'plans.unarchive': 'undo',
  'codes.generate': 'adds',
  'codes.disable': 'undo',
  'codes.enable': 'undo',
  'backups.create': 'adds',
  'backups.delete': 'typed',
  'backups.restore': 'typed',
  'keys.create': 'adds',
  'keys.update': 'undo',
  'keys.rotate': 'asked',
  'keys.delete': 'typed',
  'sessions.revoke': 'asked',
  'sessions.revokeOthers': 'asked',
}

const sendersOf = (operation: string) =>
  CONSOLE.filter(({ text }) => text.includes(`useChange('${operation}'`))

test('every operation by which an administrator changes something is entered', () => {
  const changing = operationNames.filter(
    (name) => CATALOGUE.get(name)?.audience === 'admin' && !isReading(name),
  )
  expect(changing.filter((name) => !(name in OPERATIONS) && name !== 'settings.testMail')).toEqual([])
  expect(Object.keys(OPERATIONS).filter((name) => !CATALOGUE.has(name))).toEqual([])
})

describe.each(Object.entries(OPERATIONS))('%s', (operation, means) => {
  test(`is sent by screens of which each has the means: ${means}`, () => {
    const senders = sendersOf(operation)
    if (means === 'elsewhere') return expect(senders).toEqual([])
    expect(senders.length).toBeGreaterThan(0)
    expect(senders.filter(({ text }) => !MEANS[means].test(text)).map(({ path }) => path)).toEqual([])
  })
})

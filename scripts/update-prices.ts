// `npm run prices:update`: holds the shipped prices against the public lists and shows what would change. With `--write` the
// changes are appended as new rows; what is there stays as it is.
//
//   --write            append the new rows to server/prices/shipped-prices.json
//   --litellm FILE     LiteLLM's model_prices_and_context_window.json: a third opinion, and the only one about tiers of
//                      service, which are taken over into scripts/prices/tiers.json
//   --litellm-name N   how that list is named as a source, such as "LiteLLM 1.110.2 (2026-11-25)"
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { assemble, type TierPrices } from './prices/assemble.ts'
import { compare, type ShippedEntry } from './prices/compare.ts'
import { fetchLists } from './prices/fetch-lists.ts'
import { readLiteLlm } from './prices/read-litellm.ts'
import { SHIPPED_MODELS } from './prices/shipped-models.ts'
import { tierPricesOf, withoutTiers } from './prices/tier-prices.ts'

const ROOT = join(import.meta.dirname, '..')
const SHIPPED = join(ROOT, 'server/prices/shipped-prices.json')
const TIERS = join(ROOT, 'scripts/prices/tiers.json')

const { values: flags } = parseArgs({
  options: { write: { type: 'boolean' }, litellm: { type: 'string' }, 'litellm-name': { type: 'string' } },
})
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const day = new Date().toISOString().slice(0, 10)
const lists = [...(await fetchLists(day))]
let tiers = readJson<TierPrices>(TIERS)
if (flags.litellm !== undefined) {
  const list = readLiteLlm(readJson<unknown>(flags.litellm), flags['litellm-name'] ?? 'LiteLLM')
  tiers = tierPricesOf(list, SHIPPED_MODELS)
  lists.push(withoutTiers(list))
}
const { prices, conflicts, decisions, notShipped } = assemble(SHIPPED_MODELS, lists, tiers)
const entries = readJson<readonly ShippedEntry[]>(SHIPPED)
const { added, lines, refusals } = compare(entries, prices, day)

section('What changes', lines, 'Nothing: the shipped prices are what the lists say.')
section('Where the lists disagree, and what was decided in scripts/prices/shipped-models.ts', decisions)
section(
  'What the lists say that has no column here',
  lists.flatMap(({ name, unread }) => unread.map((line) => `${name}: ${line}`)),
)
section('Priced by a list and not shipped', notShipped)
const problems = [...conflicts, ...refusals]
section('To be decided before anything can be written', problems)
if (problems.length > 0) process.exitCode = 1
else if (flags.write) {
  if (flags.litellm !== undefined) writeJson(TIERS, tiers)
  if (added.length > 0) writeJson(SHIPPED, [...entries, ...added])
  print(
    `\n${added.length} rows added to server/prices/shipped-prices.json. Read them once more before you commit.`,
  )
} else if (added.length > 0)
  print(`\nNothing is written yet. ${added.length} rows would be added: run it again with --write.`)

function section(title: string, content: readonly string[], empty?: string): void {
  if (content.length === 0 && empty === undefined) return
  print(`\n${title}\n`)
  for (const line of content.length > 0 ? content : [empty ?? '']) print(`  ${line}`)
}

function readJson<T>(path: string): T {
  // Files of this repository, whose tests check their form; of LiteLLM's list its reader does.
  return JSON.parse(readFileSync(path, 'utf8')) as T
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}

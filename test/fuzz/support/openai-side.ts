// A gateway with the upstream of the fuzzing behind it and a rich person before it, and the reckoning at the end: the books
// are right, every charge is what the upstream reported, nothing arrived there that should not have, and nothing failed
// inside.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditBooks } from '../../faults/support/audit.ts'
import { type Person, type RunningGateway, startGateway } from '../../integration/support/running-gateway.ts'
import { type FuzzUpstream, startFuzzUpstream } from './fuzz-upstream.ts'

export interface OpenAiSide {
  readonly gateway: RunningGateway
  readonly upstream: FuzzUpstream
  readonly port: number
  readonly person: Person
}

/** Has a price for everything that images and sound cost. */
export const MEDIA_MODEL = 'media-model'
const MEDIA_RATES = {
  inputNanoUsdPerMTok: 5_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  audioInputNanoUsdPerSecond: 100_000,
  speechNanoUsdPerMChar: 15_000_000_000,
  imageOutputNanoUsdPerMTok: 30_000_000_000,
}
/** A stored prompt that is open to whoever asks. */
export const FUZZ_PROMPT = 'pmpt_gate'
const PURSE_NANO_USD = 1_000_000_000_000_000

/** Does the work, takes everything down, and resolves with what was found on the way and afterwards. */
export async function onOpenAiSide(
  work: (side: OpenAiSide) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-fuzz-'))
  const upstream = await startFuzzUpstream()
  const gateway = await startGateway({ dataDir, upstreamBaseUrl: upstream.baseUrl })
  const problems: string[] = []
  try {
    await gateway.admin('prices.upsert', { model: MEDIA_MODEL, ...MEDIA_RATES })
    const person = await gateway.createPerson(PURSE_NANO_USD)
    const policy = { imageGeneration: true, promptIds: [FUZZ_PROMPT] }
    await gateway.admin('policies.update', { scope: 'user', subjectId: person.id, policy })
    const port = Number(new URL(gateway.url).port)
    problems.push(...(await work({ gateway, upstream, port, person })))
    await gateway.usageOf(person)
  } finally {
    await gateway.stop().catch((error: unknown) => problems.push(String(error)))
    await upstream.stop()
  }
  problems.push(...defectsIn(gateway.log), ...upstream.problems, ...(await wrongBooks(dataDir, upstream)))
  rmSync(dataDir, { recursive: true, force: true })
  return problems
}

/** pino's levels: 50 is an error, which is a defect or a fault, and here nothing is at fault. */
export const defectsIn = (log: RunningGateway['log']): string[] =>
  log
    .lines()
    .filter(({ level }) => Number(level) >= 50)
    .map((line) => `an error in the log: ${JSON.stringify(line).slice(0, 1_000)}`)

async function wrongBooks(dataDir: string, { reported, arrivals }: FuzzUpstream): Promise<string[]> {
  const books = await auditBooks(join(dataDir, 'gateway.db'))
  const problems = [...books.problems]
  if (books.charges.size > arrivals) problems.push(`${books.charges.size} charges, ${arrivals} arrivals`)
  const charged = new Set<string>()
  for (const { requestId, upstreamResponseId, reason, isFlagged, input, output } of books.charges.values()) {
    // What has no id of its own is kept by that of its request.
    const said = reported.get(upstreamResponseId ?? requestId)
    if (upstreamResponseId !== null && charged.has(upstreamResponseId))
      problems.push(`${requestId}: ${upstreamResponseId} was charged twice`)
    if (upstreamResponseId !== null) charged.add(upstreamResponseId)
    if (isFlagged === 1 || (reason !== 'completed' && reason !== 'client_left') || !said) continue
    if (said.input !== input || said.output !== output)
      problems.push(`${requestId}: charged ${input} and ${output}, reported ${JSON.stringify(said)}`)
  }
  return problems
}

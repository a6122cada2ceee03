// Why a server says that it refused a request, where it does not say so in OpenAI's shape: that of FastAPI, of Ollama, of
// Google's endpoint and of the many that put a text at the top.

/** Of a body, what may be a reason: a page is none. */
const BODY_BYTES_MAX = 64 * 1024
/** Of a list of problems, such as those of a form, the first ones. */
const PROBLEMS_MAX = 5
const LEVELS_MAX = 4

type Members = Readonly<Record<string, unknown>>

/**
 * The text, as it came; undefined where there is none. Shapes: `{"detail": text | [{loc, msg}]}` (FastAPI, Mistral),
 * `{"error": text}` (Ollama, text-generation-inference, xAI), `{"message": text | {detail}}` (Cohere, Bedrock, older vLLM),
 * `[{"error": {message}}]` (Google), `{"errors": [{message}]}` (Cloudflare), `{"error_msg": text}`, `{"msg": text}`.
 */
export function statedReason(body: Buffer): string | undefined {
  if (body.length > BODY_BYTES_MAX) return undefined
  const said = parsed(body)
  const one: unknown = Array.isArray(said) ? said[0] : said
  return isMembers(one) ? reasonOf(one, LEVELS_MAX) : undefined
}

function reasonOf(said: Members, levels: number): string | undefined {
  // A message says more than the short name of its status that often stands beside it.
  for (const name of ['message', 'detail', 'error', 'errors', 'error_msg', 'msg']) {
    const text = textOf(said[name], levels - 1)
    if (text !== undefined) return text
  }
  return undefined
}

function textOf(value: unknown, levels: number): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (levels === 0) return undefined
  if (Array.isArray(value)) return problemsOf(value, levels)
  return isMembers(value) ? reasonOf(value, levels) : undefined
}

function problemsOf(problems: readonly unknown[], levels: number): string | undefined {
  const texts = problems.slice(0, PROBLEMS_MAX).flatMap((problem) => problemOf(problem, levels) ?? [])
  return texts.length === 0 ? undefined : texts.join('; ')
}

/** With its place, and without `input`, which may be all that was sent. */
function problemOf(problem: unknown, levels: number): string | undefined {
  if (typeof problem === 'string') return problem
  if (!isMembers(problem)) return undefined
  const text = reasonOf(problem, levels)
  const place = Array.isArray(problem.loc) ? problem.loc.filter((part) => part !== 'body').join('.') : ''
  return text === undefined || place === '' ? text : `${place}: ${text}`
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // What is no JSON states nothing; the caller says so.
    return undefined
  }
}

// The model of a request whose path names a deployment, as OpenAI's API does at Azure: there the path decides, and the body names
// no model, or null, or one that only its client reckons with.
import { scanBody } from './body-scan.ts'
import { deploymentAt } from './endpoints.ts'
import { applySplices, memberOf } from './json-scan.ts'
import { modelSplice } from './model-splice.ts'

/** What is written into the body as its model; undefined for every path but those of deployments. */
export function deployedModel(rawPath: string): string | undefined {
  const name = deploymentAt(rawPath)
  if (name === undefined) return undefined
  const decoded = decodedOf(name)
  // Of control characters no name is made; as the path has them, they are no model's.
  return decoded === undefined || /\p{Cc}/u.test(decoded) ? name : decoded
}

/** Undefined where a percent sign encodes nothing. */
function decodedOf(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

/** The body with that model in it. What is no object, or too complex, or repeats a name, stays as it is, and is refused for that. */
export function withDeployedModel(body: Buffer, model: string): Buffer {
  const scan = scanBody(body)
  if (!scan.ok) return body
  const named = memberOf(scan.value, 'model')
  const isNamed = named && body.toString('utf8', named.valueStart, named.valueEnd) === JSON.stringify(model)
  return isNamed ? body : applySplices(body, [modelSplice(scan.value, model)])
}

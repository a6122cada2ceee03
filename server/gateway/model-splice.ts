// Puts another model into a body, in place of the one that it names.
import {
  additionOf,
  applySplices,
  type JsonObjectScan,
  memberOf,
  type Splice,
  scanObject,
} from './json-scan.ts'

/** Where a body names no model, its dialect has one that is meant then, and another may stand for that one too. */
export function modelSplice(scan: JsonObjectScan, model: string): Splice {
  const member = memberOf(scan, 'model')
  const text = JSON.stringify(model)
  return member
    ? { start: member.valueStart, end: member.valueEnd, text }
    : additionOf(scan, `"model":${text}`)
}

/** A body that has been read already, with another model in it. */
export function withModel(body: Buffer, model: string): Buffer {
  const scan = scanObject(body)
  if (!scan.ok) throw new Error('a body that was read before is an object')
  return applySplices(body, [modelSplice(scan.value, model)])
}

// What the engine is told about memory: everything that is made is young at first.
import { setFlagsFromString } from 'node:v8'

/**
 * Called before anything is made many times over, and before code is kept for the next start, which is kept for one set of such
 * settings. By itself the engine puts what is made in one place of the code among the old as soon as nearly all of it outlived
 * one collection, for ever. In the first seconds under load all of it does, because young memory is small then and as many
 * requests as fill it are running: from then on parts of each request are old when they are made, and keep what they lead to
 * until the next full collection.
 */
export function makeEverythingYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}

// Everything between a fresh clone and a program that can run: the packages, Node 24, the built server. Called by every
// command; does nothing where nothing has changed.
import './require-node.mjs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBundle } from './bundle.mjs'
import { ensurePackages } from './packages.mjs'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
/** Clients, mocks and gateways of other people, which only tests and benchmarks use. */
export const CLIENTS_DIR = join(ROOT, 'test', 'clients')

/** @param {{ withClients?: boolean, isBuildForced?: boolean }} [options] */
export async function setUp({ withClients = false, isBuildForced = false } = {}) {
  await ensurePackages(ROOT, 'packages')
  if (withClients) await ensurePackages(CLIENTS_DIR, 'the clients that the tests use')
  await ensureBundle(ROOT, { isForced: isBuildForced })
}

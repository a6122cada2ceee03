// Brings the packages whose data we read into a temporary folder. Their versions and hashes are fixed here, because one of
// them is a program that has to be run to be read.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readGenaiPrices } from './read-genai-prices.ts'
import { readPiAi } from './read-pi-ai.ts'
import type { PriceSource } from './source-price.ts'

interface PriceList {
  readonly package: string
  readonly version: string
  /** The day of its figures. */
  readonly day: string
  /** SHA-512 of the tarball, as in a lockfile. */
  readonly integrity: string
}

const GENAI_PRICES: PriceList = {
  package: '@pydantic/genai-prices',
  version: '0.1.8',
  day: '2026-09-23',
  integrity:
    'sha512-h7CYw6qTyflG2zUndO8tXyL8Xopf+tX9JZu13h0ZFgeyYj+J2gm1edR4+R+mbQ2vPdkFjtTmmmu1cYQPM5/KTA==',
}
const PI_AI: PriceList = {
  package: '@earendil-works/pi-ai',
  version: '1.5.2',
  day: '2026-11-10',
  integrity:
    'sha512-2tWPSnV3qzfiDIY3aWluBag3vC++Vs+VsXt/UquSU5onPMohPih72FUhIhaqmDdMYubOgB3Byl9uF4Vk40JLvQ==',
}

const nameOf = ({ package: name, version, day }: PriceList): string => `${name} ${version} (${day})`

/** `day` (ISO) picks among dated prices. Rejects where a package cannot be had, or is not the one that was looked at. */
export async function fetchLists(day: string): Promise<readonly PriceSource[]> {
  const folder = mkdtempSync(join(tmpdir(), 'price-lists-'))
  try {
    const genai = unpack(GENAI_PRICES, folder)
    const program: unknown = await import(pathToFileURL(join(genai, 'dist/index.js')).href)
    const pi = unpack(PI_AI, folder)
    const data: unknown = JSON.parse(readFileSync(join(pi, 'dist/providers/data/openai.json'), 'utf8'))
    return [readGenaiPrices(providerOf(program), nameOf(GENAI_PRICES), day), readPiAi(data, nameOf(PI_AI))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function unpack(list: PriceList, folder: string): string {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const packed = execFileSync(
    npm,
    ['pack', `${list.package}@${list.version}`, '--json', '--ignore-scripts', '--pack-destination', folder],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' },
  )
  const [first] = JSON.parse(packed) as readonly { readonly filename: string }[] // the form of `npm pack --json`
  if (first === undefined) throw new Error(`npm packed nothing for ${nameOf(list)}`)
  const tarball = join(folder, first.filename.replace(/^@/, '').replaceAll('/', '-'))
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (found !== list.integrity)
    throw new Error(`${nameOf(list)} is not the package that was looked at: its hash is ${found}`)
  const target = mkdtempSync(join(folder, 'unpacked-'))
  execFileSync('tar', ['-xzf', tarball, '-C', target])
  return join(target, 'package')
}

function providerOf(program: unknown): unknown {
  const { findProvider } = program as { findProvider(options: { providerId: string }): unknown } // its documented export
  return findProvider({ providerId: 'openai' })
}

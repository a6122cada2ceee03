// Which program listens on a port, where the system says so: Linux in /proc, macOS by lsof, Windows by netstat. Programs of
// other people are often hidden, and then nobody is named.
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename, win32 } from 'node:path'
import { promisify } from 'node:util'
import type { TakenPort } from '../contract/desktop.ts'

export type PortHolder = NonNullable<TakenPort['holder']>

const PATIENCE_MS = 3_000
/** Longer than the name of any program that somebody knows by it. */
const NAME_CHARACTERS_MAX = 60
const run = promisify(execFile)

/** Whole paths: by its name alone, Windows would first look for a program in the folder that the app was started in. */
const LSOF = '/usr/sbin/lsof'
const onWindows = (program: string): string =>
  win32.join(process.env['SystemRoot'] || 'C:\\Windows', 'System32', program)

export async function findPortHolder(
  port: number,
  platform: NodeJS.Platform = process.platform,
): Promise<PortHolder | null> {
  try {
    const holder = await holderOn(platform, port)
    return holder && { ...holder, name: nameToShow(holder.name) }
  } catch {
    // No such program, no right to look, or nothing found: the port is taken all the same.
    return null
  }
}

async function holderOn(platform: NodeJS.Platform, port: number): Promise<PortHolder | null> {
  if (platform === 'linux') return holderInProc(port)
  if (platform === 'win32') return holderOnWindows(port)
  return holderInLsof(await output(LSOF, ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']))
}

/** A program calls itself what it likes; in a question of ours it is one short line, and turns no text around. */
export const nameToShow = (name: string): string =>
  [...name.replaceAll(/[\p{C}\p{Z}]+/gu, ' ')].slice(0, NAME_CHARACTERS_MAX).join('')

const output = async (program: string, args: readonly string[]): Promise<string> =>
  (await run(program, [...args], { timeout: PATIENCE_MS, windowsHide: true })).stdout

async function holderInProc(port: number): Promise<PortHolder | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  )
  const sockets = new Set(
    tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  )
  if (sockets.size === 0) return null
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
    const links = await Promise.all(files.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
    if (!links.some((link) => sockets.has(link))) continue
    return { name: await programName(pid), pid: Number(pid) }
  }
  return null
}

/** As it was started; `comm` is the name of a thread, and any program can call that what it likes. */
async function programName(pid: string): Promise<string> {
  const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
  return basename(program) || (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
}

/** Columns as in proc(5): `sl local_address rem_address st … inode`, addresses in hexadecimal, 0A for a socket that listens. */
export const listeningInodes = (table: string, port: number): readonly string[] =>
  table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    const isIt = state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port
    return isIt ? [inode] : []
  })

/** One field a line, its kind in the first letter: `p` the process, `c` its command. */
export function holderInLsof(fields: string): PortHolder | null {
  const pid = /^p(\d+)$/m.exec(fields)?.[1]
  const name = /^c(.+)$/m.exec(fields)?.[1]
  return pid === undefined || name === undefined ? null : { name, pid: Number(pid) }
}

async function holderOnWindows(port: number): Promise<PortHolder | null> {
  const pid = pidInNetstat(await output(onWindows('netstat.exe'), ['-ano', '-p', 'TCP']), port)
  if (pid === undefined) return null
  const row = await output(onWindows('tasklist.exe'), ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])
  const name = /^"([^"]+)"/.exec(row.trim())?.[1]
  return name === undefined ? null : { name, pid }
}

/** The word for listening is translated by Windows; what listens has no other side, so port 0 there. */
export function pidInNetstat(table: string, port: number): number | undefined {
  const row = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local = '', other = '']) => local.endsWith(`:${port}`) && other.endsWith(':0'))
  return row === undefined ? undefined : Number(row.at(-1))
}

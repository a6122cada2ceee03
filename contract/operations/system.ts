// The gateway as a running program: figures of now, its log, and what it is made of.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { cursor } from '../paging.ts'
import { listOf, nanoUsdSum, nothing, unixMs } from './fields.ts'

const bytes = z.int().min(0)
const ms = z.number().min(0)

export const systemStatus = operation({
  name: 'system.status',
  audience: 'admin',
  input: nothing,
  output: z.strictObject({
    version: z.string(),
    node: z.string(),
    platform: z.string(),
    arch: z.string(),
    startedAt: unixMs,
    uptimeMs: z.int(),
    dataDir: z.string(),
    /** Base URLs, the one for this machine first. */
    addresses: z.array(z.string()),
    /** How late the event loop was, over half a minute at most; null in the first moments. */
    eventLoop: z.strictObject({ p50Ms: ms, p99Ms: ms, maxMs: ms }).nullable(),
    memory: z.strictObject({
      rssBytes: bytes,
      heapUsedBytes: bytes,
      heapTotalBytes: bytes,
      externalBytes: bytes,
      machineFreeBytes: bytes,
      machineTotalBytes: bytes,
    }),
    /** Of the disk that the data folder is on; null where the system does not say. */
    disk: z.strictObject({ freeBytes: bytes, totalBytes: bytes }).nullable(),
    database: z.strictObject({ bytes, walBytes: bytes, schema: z.int() }),
    requests: z.strictObject({
      inFlight: z.int(),
      /** Connections over WebSocket that are open. */
      sockets: z.int(),
      /** Over the last ten seconds. */
      perSecond: z.number(),
      lastMinute: z.int(),
      /** Answered with 400 and above; of them, with 500 and above. */
      errorsLastMinute: z.int(),
      faultsLastMinute: z.int(),
    }),
    /** Writes that wait for the disk. */
    writer: z.strictObject({ waiting: z.int() }),
    openHolds: z.strictObject({ count: z.int(), amountNanoUsd: nanoUsdSum }),
    backups: z.strictObject({
      last: z.strictObject({ id: z.string(), createdAt: unixMs, bytes }).nullable(),
      nextAt: unixMs.nullable(),
      isRunning: z.boolean(),
    }),
    /** The last check of the ledger; null before the first. */
    ledger: z.strictObject({ checkedAt: unixMs, isConsistent: z.boolean() }).nullable(),
  }),
})
export type SystemStatus = z.infer<typeof systemStatus.output>

const networkPlace = z.strictObject({
  address: z.string(),
  /** Without `/v1`. */
  url: z.string(),
  interfaceName: z.string(),
  kind: z.enum(['lan', 'vpn', 'virtual', 'loopback']),
  /** Other devices that have reached it since the start; null before the first. */
  reached: z.strictObject({ devices: z.int(), lastAt: unixMs, lastFrom: z.string() }).nullable(),
})
export type NetworkPlace = z.infer<typeof networkPlace>

export const systemNetwork = operation({
  name: 'system.network',
  audience: 'admin',
  /** Where the gateway can be reached, the best address first, and from where it really was. */
  input: nothing,
  output: z.strictObject({
    port: z.int(),
    platform: z.string(),
    isOpenToNetwork: z.boolean(),
    places: z.array(networkPlace),
    /** A name that the local network finds the gateway by, beside the addresses; null where none is wished for. */
    localName: z
      .strictObject({
        /** As others type it; perhaps not the one that was wished for, where somebody else has that. */
        name: z.string(),
        /** Without `/v1`. */
        url: z.string(),
        state: z.enum(['asking', 'announced', 'failed']),
        /** In the words of the system, where it failed; null otherwise. */
        problem: z.string().nullable(),
      })
      .nullable(),
    /** On what the links are built that are handed to others; without a slash at its end. */
    addressForOthers: z.string(),
  }),
})
export type NetworkView = z.infer<typeof systemNetwork.output>

export const logLevel = z.enum(['debug', 'info', 'warn', 'error'])
export type LogLevel = z.infer<typeof logLevel>

export const systemLogs = operation({
  name: 'system.logs',
  audience: 'admin',
  /** Newest first. A page may have fewer rows than asked for, or none, and another one after it: so much is read at a time. */
  input: z.strictObject({
    /** This level and the graver ones. */
    level: logLevel.default('info'),
    /** Part of a line, in any case of ASCII letters. */
    search: z.string().max(200).optional(),
    limit: z.int().min(1).max(500).default(100),
    cursor: cursor.optional(),
  }),
  output: listOf(
    z.strictObject({
      at: unixMs,
      level: logLevel,
      message: z.string(),
      /** What else the line says. */
      fields: z.record(z.string(), z.unknown()),
    }),
  ),
})

export const systemLicences = operation({
  name: 'system.licences',
  audience: 'admin',
  input: nothing,
  output: listOf(z.strictObject({ name: z.string(), version: z.string(), licence: z.string() })),
})

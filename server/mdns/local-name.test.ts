// The name in the local network, over real multicast: found by whoever asks, never taken from somebody else, and taken back.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import createMulticastDns from 'multicast-dns'
import { afterEach, expect, test } from 'vitest'
import { addressesOf } from '../system/interfaces.ts'
import { createLocalName, type LocalName, type LocalNameWish, toLocalNameView } from './local-name.ts'
import { answersTo, isTaken, recordsOf } from './records.ts'

const GROUP = '224.0.0.251'
const HERE = '127.0.0.1'
const logger = { info: () => undefined, warn: () => undefined }
const ownAddresses = () => addressesOf(networkInterfaces())

/** Of ours alone: other programs of this machine may have the usual one, and answer on it. */
const port = await freePort()
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0)
  await once(socket, 'listening')
  const { port: found } = socket.address()
  await new Promise<void>((closed) => socket.close(closed))
  return found
}

const hasMulticast = await new Promise<boolean>((resolve) => {
  const socket: Socket = createSocket({ type: 'udp4', reuseAddr: true })
  const end = (isHeard: boolean) => {
    clearTimeout(timer)
    socket.close()
    resolve(isHeard)
  }
  const timer = setTimeout(() => end(false), 1_000)
  socket.on('error', () => end(false))
  socket.on('message', () => end(true))
  socket.bind(port, () => {
    try {
      socket.addMembership(GROUP, HERE)
      socket.setMulticastInterface(HERE)
      socket.send('heard', port, GROUP)
    } catch {
      end(false)
    }
  })
})
// A machine without a network, or a container, may have no interface that takes multicast.
const ifMulticast = test.skipIf(!hasMulticast)

const open: LocalName[] = []
const others: { destroy(): void }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((name) => name.stop()))
  for (const other of others.splice(0)) other.destroy()
})

/** Resolves when it has come to something. */
async function announce(wish: LocalNameWish | undefined): Promise<LocalName> {
  const name = createLocalName({ wish: () => wish, ownAddresses, logger, mdnsPort: port })
  open.push(name)
  const settled = new Promise<void>((resolve) =>
    name.onChange(() => name.state()?.state !== 'asking' && resolve()),
  )
  name.look()
  await settled
  return name
}
const wish = (label: string): LocalNameWish => ({ label, addresses: [HERE], port: 8080 })

/** A machine that answers to a name. */
function other(): ReturnType<typeof createMulticastDns> {
  const mdns = createMulticastDns({ port, interface: HERE, bind: '0.0.0.0', reuseAddr: true })
  others.push(mdns)
  return mdns
}

/** What an ordinary resolver is told, from a port that is not multicast DNS's own. */
async function lookUp(name: string): Promise<readonly { name: string; data?: unknown; ttl?: number }[]> {
  const socket = createSocket('udp4').bind(0, HERE)
  await once(socket, 'listening')
  socket.setMulticastInterface(HERE)
  const client = createMulticastDns({ socket, bind: false, multicast: false })
  others.push(client)
  const answer = once(client, 'response')
  client.query({ id: 4242, questions: [{ name, type: 'A' }] }, { port, address: GROUP })
  const [packet] = await answer
  expect(packet.id).toBe(4242)
  return packet.answers
}

ifMulticast(
  'whoever asks for the name is given the address, and nothing is announced without a wish',
  async () => {
    const name = await announce(wish('codex-gateway'))
    expect(name.state()).toEqual({ name: 'codex-gateway.local', state: 'announced', problem: null })
    expect(name.names()).toEqual(['codex-gateway.local'])
    expect(toLocalNameView(name.state(), 'https', 8080)?.url).toBe('https://codex-gateway.local:8080')
    const [answer] = await lookUp('codex-gateway.local')
    expect(answer).toMatchObject({ name: 'codex-gateway.local', data: HERE, ttl: 10 })

    const none = createLocalName({ wish: () => undefined, ownAddresses, logger, mdnsPort: port })
    none.look()
    expect([none.state(), none.names()]).toEqual([undefined, []])
  },
)

ifMulticast('a name that another machine has stays with it, and the next one is taken', async () => {
  const machine = other()
  machine.on('query', ({ questions }) => {
    if ((questions ?? []).some(({ name }) => name === 'office.local'))
      machine.respond([{ name: 'office.local', type: 'A', ttl: 120, data: '10.9.9.9' }])
  })
  const name = await announce(wish('office'))
  expect(name.state()).toMatchObject({ name: 'office-2.local', state: 'announced' })
})

ifMulticast('a name that is taken later is given up, and at the end the name is taken back', async () => {
  const name = await announce(wish('late'))
  const moved = new Promise<void>((resolve) =>
    name.onChange(() => name.state()?.state === 'announced' && resolve()),
  )
  const machine = other()
  machine.respond([{ name: 'late.local', type: 'A', ttl: 120, data: '10.9.9.9' }])
  await moved
  expect(name.names()).toEqual(['late-2.local'])
  const goodbye = new Promise<void>((resolve) =>
    machine.on('response', ({ answers }) => {
      if (
        (answers ?? []).some(
          (answer) => answer.name === 'late-2.local' && 'ttl' in answer && answer.ttl === 0,
        )
      )
        resolve()
    }),
  )
  await name.stop()
  await goodbye
})

test('a port that cannot be had is said, and harms nothing', async () => {
  const taken = createSocket('udp4').bind(0)
  await once(taken, 'listening')
  const name = createLocalName({
    wish: () => wish('a'),
    ownAddresses,
    logger,
    mdnsPort: taken.address().port,
  })
  const failed = new Promise<void>((resolve) =>
    name.onChange(() => name.state()?.state === 'failed' && resolve()),
  )
  name.look()
  await failed
  expect(name.state()?.problem).toMatch(/EADDRINUSE/)
  expect(name.names()).toEqual([])
  await name.stop()
  taken.close()
})

const mine = { name: 'gate.local', address: '192.168.1.24', port: 8080 }
const heard = (type: string, data: string, ttl = 120, where = 'answers') => ({
  type,
  [where]: [{ name: 'GATE.local', type: 'A', ttl, data }],
})

test('of two who ask at once the one with the later address has the name', () => {
  const own = new Set(['192.168.1.24'])
  expect(isTaken(heard('query', '192.168.1.25', 120, 'authorities'), mine, own)).toBe(true)
  expect(isTaken(heard('query', '192.168.1.9', 120, 'authorities'), mine, own)).toBe(false)
  expect(isTaken(heard('response', '192.168.1.9'), mine, own)).toBe(true)
  // Its own words, as they come back, and what somebody else takes back.
  expect(isTaken(heard('response', '192.168.1.24'), mine, own)).toBe(false)
  expect(isTaken(heard('response', '192.168.1.9', 0), mine, own)).toBe(false)
})

test('whoever browses for services is told where they are', () => {
  const told = answersTo([{ name: '_http._tcp.local', type: 'PTR' }], mine)
  expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(['PTR', 'SRV', 'TXT', 'A']))
  expect(recordsOf(mine)).toContainEqual(
    expect.objectContaining({
      type: 'SRV',
      data: expect.objectContaining({ port: 8080, target: 'gate.local' }),
    }),
  )
  expect(answersTo([{ name: 'other.local', type: 'A' }], mine)).toEqual([])
})

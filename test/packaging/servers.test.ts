// The files for servers: each variable that they name exists, and the program that they start is the one that is built.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/setup.mjs'
import { HELP } from '../../server/config.ts'

const FILES = ['Dockerfile', 'compose.yaml', 'codex-gateway.service']

test.each(FILES)('%s names variables that exist', (file) => {
  const text = readFileSync(join(ROOT, 'build', 'server', file), 'utf8')
  const named = new Set(text.match(/\b(CODEX_GATEWAY|OPENAI)_[A-Z_]+\b/g))
  expect(named.size).toBeGreaterThan(0)
  for (const variable of named) expect(HELP).toContain(variable)
})

test('the gateway runs as nobody special, says how it is, and keeps its data in one place', () => {
  const [, runtime = ''] = readFileSync(join(ROOT, 'build', 'server', 'Dockerfile'), 'utf8')
    .split(/^FROM .*$/m)
    .slice(1)
  expect(runtime).toMatch(/^USER node$/m)
  expect(runtime).toMatch(/^HEALTHCHECK /m)
  expect(runtime).toMatch(/^VOLUME \/data$/m)
  expect(runtime).toMatch(/^CMD \["node", "dist\/server\/headless\.mjs"\]$/m)
  const unit = readFileSync(join(ROOT, 'build', 'server', 'codex-gateway.service'), 'utf8')
  expect(unit).toMatch(/^ExecStart=\S+ \/opt\/codex-gateway\/dist\/server\/headless\.mjs$/m)
  expect(unit).toMatch(/^DynamicUser=yes$/m)
})

test('systemd lets the gateway ask the kernel for the addresses of its machine, and speak nothing else', () => {
  const unit = readFileSync(join(ROOT, 'build', 'server', 'codex-gateway.service'), 'utf8')
  const families = /^RestrictAddressFamilies=(.*)$/m.exec(unit)?.[1]?.split(' ')
  // Node lists interfaces over netlink; without it a start ends in "errno 97".
  expect(families?.toSorted()).toEqual(['AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_UNIX'])
})

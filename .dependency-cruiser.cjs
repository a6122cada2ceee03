// Who may import whom. `npm run check` holds every import against this table, and test/architecture/canary/boundaries/
// holds one file for each rule that breaks it, so that a rule which sees nothing is found out.

const OUR_FOLDERS = '^(contract|server|electron|renderer|test|scripts|drizzle)/'
const TEST_FILES = '(\\.test\\.tsx?$|^test/)'

/** Imports within this repository go to the allowed places only; packages and Node itself are not looked at. */
function within(name, from, allowed) {
  return {
    name,
    severity: 'error',
    from: { path: from, pathNot: TEST_FILES },
    to: { path: OUR_FOLDERS, pathNot: allowed },
  }
}

/** Nothing else may be imported: neither packages nor Node's own modules. */
function only(name, from, allowed) {
  return {
    name,
    severity: 'error',
    from: { path: from, pathNot: TEST_FILES },
    to: { pathNot: allowed },
  }
}

const CONTRACT = '^contract/'
const LEDGER = '^server/ledger/'
const PORTS = '^server/ports\\.ts$'
const UPSTREAMS = '^server/upstreams/'
const EVENTS = '^server/events/'
const WIRE = '^server/wire/'
/** What both apps are made from. */
const SHARED =
  '(api-keys|client|frame|kit|limits-form|policy|receipt|routing|spend|state|trust|usage-rows|words)'
/** How the apps are built, which is no part of them. */
const BUILD_FILES = '^(electron/vite\\.config|renderer/build-config|renderer/[a-z]+/vite\\.config)\\.ts$'
const REPOSITORIES = '^server/db/repositories/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('contract-knows-zod-only', '^contract/', [CONTRACT, 'node_modules/zod/']),
    only('ledger-is-pure', '^server/ledger/', [CONTRACT, LEDGER]),
    only('limit-decisions-are-pure', '^server/limits/decide-', [CONTRACT, LEDGER, '^server/limits/decide-']),

    // Local days are decided upon by pure functions.
    within('db-knows-contract-and-ledger-types', '^server/db/', [
      CONTRACT,
      LEDGER,
      '^server/limits/decide-',
      '^server/db/',
    ]),
    {
      name: 'db-takes-only-types-from-ledger',
      severity: 'error',
      from: { path: '^server/db/', pathNot: TEST_FILES },
      to: { path: LEDGER, dependencyTypesNot: ['type-only'] },
    },
    within('accounts-imports', '^server/accounts/', [
      CONTRACT,
      LEDGER,
      REPOSITORIES,
      '^server/db/(database-thread|write(-command)?)\\.ts$',
      PORTS,
      '^server/limits/decide-',
      '^server/accounts/',
    ]),
    within('settings-imports', '^server/settings/', [CONTRACT, REPOSITORIES, PORTS, '^server/settings/']),
    within('mail-imports', '^server/mail/', [CONTRACT, REPOSITORIES, PORTS, '^server/(settings|mail)/']),
    within('prices-imports', '^server/prices/', [CONTRACT, LEDGER, REPOSITORIES, PORTS, '^server/prices/']),
    within('limits-imports', '^server/limits/', [CONTRACT, LEDGER, REPOSITORIES, PORTS, '^server/limits/']),
    {
      ...only('wire-stands-alone', WIRE, []),
      to: { pathNot: [WIRE], dependencyTypesNot: ['core'] },
    },
    within('upstreams-imports', UPSTREAMS, [CONTRACT, PORTS, UPSTREAMS, '^server/wire/wire-error\\.ts$']),
    within('backups-imports', '^server/backups/', [CONTRACT, '^server/db/', PORTS, '^server/backups/']),
    within('system-imports', '^server/system/', [CONTRACT, EVENTS, PORTS, '^server/system/']),
    within('tls-imports', '^server/tls/', [CONTRACT, PORTS, '^server/tls/']),
    within('mdns-imports', '^server/mdns/', [CONTRACT, PORTS, '^server/mdns/']),
    within('events-imports', EVENTS, [CONTRACT, PORTS, EVENTS]),
    within('gateway-imports', '^server/gateway/', [
      CONTRACT,
      LEDGER,
      '^server/(accounts|prices|settings|limits|gateway)/',
      REPOSITORIES,
      PORTS,
      EVENTS,
      UPSTREAMS,
      WIRE,
      '^server/(given-memory|growing-bytes|without-keys)\\.ts$',
    ]),
    within('operations-imports', '^server/operations/', [
      CONTRACT,
      LEDGER,
      '^server/(accounts|prices|settings|limits|mail|backups|system|tls|operations)/',
      REPOSITORIES,
      PORTS,
      EVENTS,
      UPSTREAMS,
    ]),
    within('http-imports', '^server/http/', [
      CONTRACT,
      '^server/operations/(dispatch|caller)\\.ts$',
      '^server/gateway/gateway\\.ts$',
      '^server/(given-memory|growing-bytes|without-keys)\\.ts$',
      PORTS,
      EVENTS,
      '^server/(http|wire)/',
    ]),
    {
      ...only('demo-upstream-stands-alone', '^server/demo-upstream/', []),
      to: { pathNot: [CONTRACT, '^server/demo-upstream/'], dependencyTypesNot: ['core'] },
    },
    within('host-imports', '^server/host/', [CONTRACT, PORTS, '^server/config\\.ts$', '^server/host/']),
    within('config-and-ports-know-the-contract-only', '^server/(ports|config)\\.ts$', [CONTRACT]),
    within('start-server-knows-no-host', '^server/(start-server|parts|data-folder)\\.ts$', [
      CONTRACT,
      '^server/(?!host/|headless\\.ts$|start-server\\.ts$)',
    ]),
    within('headless-imports', '^server/headless\\.ts$', [
      CONTRACT,
      '^server/(start-server|config|ports)\\.ts$',
      '^server/host/',
    ]),
    {
      ...within('electron-imports', '^electron/', [
        CONTRACT,
        '^server/(start-server|config|ports)\\.ts$',
        '^server/host/',
        '^electron/',
      ]),
      from: { path: '^electron/', pathNot: [TEST_FILES, BUILD_FILES] },
    },

    {
      ...within('renderer-imports', '^renderer/', [CONTRACT, '^renderer/']),
      from: { path: '^renderer/', pathNot: [TEST_FILES, BUILD_FILES] },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: [TEST_FILES, BUILD_FILES] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'console-and-portal-never-meet',
      severity: 'error',
      from: { path: '^renderer/(console|portal)/' },
      to: { path: '^renderer/(console|portal)/', pathNot: '^renderer/$1/' },
    },
    within('shared-folders-know-no-app', `^renderer/${SHARED}/`, [CONTRACT, `^renderer/${SHARED}/`]),
    {
      name: 'features-never-import-siblings',
      severity: 'error',
      from: { path: '^renderer/([^/]+)/features/([^/]+)/' },
      to: { path: '^renderer/$1/features/', pathNot: '^renderer/$1/features/$2/' },
    },

    {
      name: 'only-db-knows-the-database',
      severity: 'error',
      from: { path: '^(contract|server|electron|renderer)/', pathNot: ['^server/db/', TEST_FILES] },
      to: { path: 'node_modules/(drizzle-orm|better-sqlite3|@types/better-sqlite3)/' },
    },
    {
      name: 'only-http-knows-express',
      severity: 'error',
      from: { path: '^(contract|server|electron|renderer)/', pathNot: ['^server/http/', TEST_FILES] },
      to: { path: 'node_modules/(express|helmet|@types/express)/' },
    },
    {
      name: 'only-mail-knows-nodemailer',
      severity: 'error',
      from: { path: '^(contract|server|electron|renderer)/', pathNot: ['^server/mail/', TEST_FILES] },
      to: { path: 'node_modules/nodemailer/' },
    },
    {
      name: 'only-sockets-know-ws',
      severity: 'error',
      from: {
        path: '^(contract|server|electron|renderer)/',
        pathNot: ['^server/gateway/sockets/', '^electron/client-setup/', TEST_FILES],
      },
      to: { path: 'node_modules/(ws|@types/ws)/' },
    },
    {
      name: 'only-mdns-knows-multicast-dns',
      severity: 'error',
      from: { path: '^(contract|server|electron|renderer)/', pathNot: ['^server/mdns/', TEST_FILES] },
      to: { path: 'node_modules/(@types/)?multicast-dns/' },
    },
    {
      name: 'only-electron-knows-electron',
      severity: 'error',
      from: { path: '^(contract|server|renderer)/' },
      to: { path: 'node_modules/electron(-store|-updater)?/' },
    },
    {
      name: 'product-never-imports-tests-or-scripts',
      severity: 'error',
      from: { path: '^(contract|server|electron|renderer)/', pathNot: [TEST_FILES, BUILD_FILES] },
      to: { path: ['\\.test\\.tsx?$', '^(test|scripts)/'] },
    },
    {
      name: 'server-needs-no-development-package',
      severity: 'error',
      from: { path: '^(contract|server)/', pathNot: TEST_FILES },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'every-import-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Our own build only: many packages keep everything in a folder of that name.
    exclude: { path: '(^|/)node_modules/\\.|^dist/' },
    // Imports of types count: a type from the wrong side is how the wrong side gets in.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}

// Random histories of a limiter, on days of every length, with clocks that jump, disks that fail and processes that die,
// each held step by step against a model that keeps every request in a list and counts it anew each time. Longer than other
// files, because the model and the histories that it is held against are read together.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LimitWindow } from '../../contract/limits.ts'
import { startLimiter } from '../../test/support/limiter.ts'
import type { EffectiveLimits, LimitSubject, WindowLimit } from './decide-limits.ts'
import type { LimitCounterRow } from './limit-counters.ts'
import type { Admission, Limiter } from './limiter.ts'

type Step =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'set_clock'; readonly byMs: number }
  | { readonly kind: 'admit'; readonly who: number; readonly tokens: number; readonly waits: boolean }
  | { readonly kind: 'true_up'; readonly which: number; readonly tokens: number }
  | { readonly kind: 'release'; readonly which: number }
  | { readonly kind: 'save'; readonly isDiskFull: boolean }
  | { readonly kind: 'restart'; readonly isCrash: boolean }

interface History {
  readonly zone: string
  readonly startMs: number
  readonly limits: EffectiveLimits
  readonly steps: readonly Step[]
}

const HOUR_MS = 3_600_000
/** Two seconds on a quiet machine; a failure is also made smaller before it is shown. */
const PATIENCE_MS = 60_000
const WINDOWS: readonly LimitWindow[] = ['minute', 'hour', 'day']
const PEOPLE: readonly LimitSubject[] = [
  { userId: 'u1', role: 'user', planId: null, keyFamilyId: 'k1' },
  { userId: 'u1', role: 'user', planId: null, keyFamilyId: 'k2' },
  { userId: 'u2', role: 'user', planId: null, keyFamilyId: 'k3' },
]

// Each is about a change of clocks, a leap over a year, or a zone whose days do not begin on the hour.
const PLACES: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2026-10-24T21:58:00Z'],
  ['Europe/Berlin', '2026-03-29T20:30:00Z'],
  ['Africa/Cairo', '2026-04-23T21:59:00Z'],
  ['America/Havana', '2026-11-01T03:30:00Z'],
  ['Australia/Lord_Howe', '2026-04-05T12:45:00Z'],
  ['Asia/Kathmandu', '2026-12-31T18:10:00Z'],
  ['UTC', '2026-11-23T23:59:30Z'],
]

const limitsArbitrary = (scope: 'user' | 'key') => {
  const windowLimit = (metric: WindowLimit['metric'], window: LimitWindow, most: number) =>
    fc.option(
      fc.integer({ min: 1, max: most }).map((value): WindowLimit => ({ scope, metric, window, value })),
    )
  return fc.record({
    windows: fc
      .tuple(
        windowLimit('requests', 'minute', 4),
        windowLimit('tokens', 'minute', 60),
        windowLimit('requests', 'hour', 8),
        windowLimit('tokens', 'hour', 120),
        windowLimit('requests', 'day', 14),
        windowLimit('tokens', 'day', 250),
      )
      .map((windows) => windows.filter((limit) => limit !== null)),
    concurrent: fc.option(
      fc.integer({ min: 1, max: 5 }).map((value) => ({ scope, value })),
      { nil: undefined },
    ),
  })
}

const durationArbitrary = fc.oneof(
  fc.integer({ min: 0, max: 3_000 }),
  fc.integer({ min: 0, max: 90_000 }),
  fc.integer({ min: 0, max: 2 * HOUR_MS }),
  fc.integer({ min: 0, max: 30 * HOUR_MS }),
)
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: durationArbitrary.map((ms): Step => ({ kind: 'pass', ms })) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: -50 * HOUR_MS, max: 3 * HOUR_MS })
      .map((byMs): Step => ({ kind: 'set_clock', byMs })),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('admit' as const),
      who: fc.nat({ max: 2 }),
      tokens: fc.integer({ min: 0, max: 40 }),
      waits: fc.nat({ max: 3 }).map((roll) => roll === 0),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('true_up' as const),
      which: fc.nat(),
      tokens: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(-1, Number.NaN)),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('save' as const),
      isDiskFull: fc.nat({ max: 3 }).map((roll) => roll === 0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const), isCrash: fc.boolean() }) },
)
const historyArbitrary: fc.Arbitrary<History> = fc
  .record({
    place: fc.constantFrom(...PLACES),
    user: limitsArbitrary('user'),
    key: limitsArbitrary('key'),
    steps: fc.array(stepArbitrary, { maxLength: 60, size: 'max' }),
  })
  .map(({ place: [zone, start], user, key, steps }) => ({
    zone,
    startMs: Date.parse(start),
    limits: { user, key },
    steps,
  }))

/** An hour that began in a day of 24.5 hours and is still open when the server starts again behind it. */
const BEHIND_A_LONG_DAY: History = {
  zone: 'Australia/Lord_Howe',
  startMs: Date.parse('2026-04-05T13:15:00Z'),
  limits: { user: { windows: [], concurrent: undefined }, key: { windows: [], concurrent: undefined } },
  steps: [
    { kind: 'admit', who: 0, tokens: 0, waits: false },
    { kind: 'pass', ms: HOUR_MS / 4 },
    { kind: 'admit', who: 1, tokens: 0, waits: false },
    { kind: 'restart', isCrash: false },
  ],
}

/** One admitted request, as the model remembers it. */
interface Remembered {
  readonly subject: LimitSubject
  readonly windows: Readonly<Record<LimitWindow, string>>
  readonly minuteStartMs: number
  readonly reserved: number
  used: number | undefined
  isReleased: boolean
  isSaved: boolean
  savedUse: number
  /** Undefined once the process that admitted it is gone. */
  admission: Admission | undefined
}

const isPast = (one: Remembered) => one.admission === undefined

class World {
  readonly #history: History
  readonly #dateOf: Intl.DateTimeFormat
  readonly #disk = new Map<string, LimitCounterRow>()
  #isDiskFull = false
  #wallMs: number
  #monoMs = 0.7
  /** The time that limits should go by. */
  nowMs: number
  #newestSavedMs = 0
  #windows: { readonly atMs: number; readonly open: Record<LimitWindow, string> } | undefined
  requests: Remembered[] = []
  /** Every request ever admitted, lost or not. */
  readonly everAdmitted: Remembered[] = []
  restarts = 0
  limiter: Limiter
  #unplug: () => void = () => {}

  constructor(history: History) {
    this.#history = history
    this.#dateOf = new Intl.DateTimeFormat('sv-SE', { timeZone: history.zone })
    this.#wallMs = history.startMs
    this.nowMs = history.startMs
    this.limiter = this.#start()
  }

  #start(): Limiter {
    let isPlugged = true
    this.#unplug = () => {
      isPlugged = false
    }
    return startLimiter({
      store: {
        load: () => [...this.#disk.values()],
        save: async (rows) => {
          if (!isPlugged || this.#isDiskFull) throw new Error('the disk is full')
          for (const row of rows) this.#disk.set(`${row.kind} ${row.subjectId}`, row)
        },
        deleteBefore: async (dayStartMs) => {
          for (const [place, row] of this.#disk)
            if (isPlugged && row.dayStartMs < dayStartMs) this.#disk.delete(place)
        },
      },
      clock: { now: () => this.#wallMs, monotonicMs: () => this.#monoMs },
      timeZone: () => this.#history.zone,
      logger: { info() {}, warn() {}, error: (...said: unknown[]) => expect(said).toEqual([]) },
    })
  }

  pass(ms: number): void {
    this.#wallMs += ms
    this.#monoMs += ms
    this.nowMs = Math.max(this.#wallMs, this.nowMs + ms)
  }

  setClock(byMs: number): void {
    this.#wallMs += byMs
    this.nowMs = Math.max(this.#wallMs, this.nowMs)
    // A limiter knows of a clock what it sees there: it looks before somebody sets it again.
    this.limiter.use('user', 'u1')
  }

  windows(): Record<LimitWindow, string> {
    if (this.#windows?.atMs !== this.nowMs) {
      const minute = String(Math.floor(this.nowMs / 60_000))
      const hour = String(Math.floor(this.nowMs / HOUR_MS))
      this.#windows = { atMs: this.nowMs, open: { minute, hour, day: this.#dateOf.format(this.nowMs) } }
    }
    return this.#windows.open
  }

  /** What a person or key has in a window that is open now, counted from the list. */
  counted(kind: 'user' | 'key', subject: LimitSubject, window: LimitWindow) {
    const open = this.windows()[window]
    const own = this.requests.filter((one) => isOf(one, kind, subject) && one.windows[window] === open)
    const tokens = own.reduce((sum, one) => sum + (one.used ?? (one.isReleased ? 0 : one.reserved)), 0)
    return { requests: own.length, tokens }
  }

  running(kind: 'user' | 'key', subject: LimitSubject): number {
    return this.requests.filter((one) => isOf(one, kind, subject) && !one.isReleased).length
  }

  /** The code that the limiter should answer. */
  expected(subject: LimitSubject, tokens: number): string {
    const each = (['user', 'key'] as const).map((kind) => ({ kind, limits: this.#history.limits[kind] }))
    const windowLimits = each.flatMap(({ kind, limits }) => limits.windows.map((limit) => ({ kind, limit })))
    if (windowLimits.some(({ limit }) => limit.metric === 'tokens' && tokens > limit.value))
      return 'request_exceeds_token_limit'
    const isReached = windowLimits.some(({ kind, limit }) => {
      const counted = this.counted(kind, subject, limit.window)
      return counted[limit.metric] + (limit.metric === 'requests' ? 1 : tokens) > limit.value
    })
    if (isReached) return 'rate_limit_exceeded'
    return each.some(
      ({ kind, limits }) =>
        this.running(kind, subject) >= (limits.concurrent?.value ?? Number.POSITIVE_INFINITY),
    )
      ? 'concurrency_limit_exceeded'
      : 'admitted'
  }

  /** Asks the limiter, and holds its answer against the model's. Returns the wait that it asks for. */
  admit(subject: LimitSubject, tokens: number): number | undefined {
    const expected = this.expected(subject, tokens)
    const answer = this.limiter.admit(subject, this.#history.limits, tokens)
    expect(answer.ok ? 'admitted' : answer.error.code).toBe(expected)
    if (!answer.ok) return answer.error.code === 'rate_limit_exceeded' ? answer.error.retryAfterMs : undefined
    const request: Remembered = {
      subject,
      windows: this.windows(),
      minuteStartMs: Math.floor(this.nowMs / 60_000) * 60_000,
      reserved: tokens,
      used: undefined,
      isReleased: false,
      isSaved: false,
      savedUse: 0,
      admission: answer.value,
    }
    this.requests.push(request)
    this.everAdmitted.push(request)
    return undefined
  }

  async save(isDiskFull: boolean): Promise<void> {
    this.#isDiskFull = isDiskFull
    await this.limiter.flush()
    this.#isDiskFull = false
    if (!isDiskFull) this.#rememberSaved()
  }

  #rememberSaved(): void {
    for (const request of this.requests) {
      if (isPast(request)) continue
      request.isSaved = true
      request.savedUse = request.used ?? 0
      this.#newestSavedMs = Math.max(this.#newestSavedMs, request.minuteStartMs)
    }
  }

  async restart(isCrash: boolean): Promise<void> {
    if (isCrash) this.#unplug()
    else this.#rememberSaved()
    await this.limiter.stop()
    for (const request of this.requests) {
      if (isPast(request)) continue
      request.admission = undefined
      request.isReleased = true
      request.used = request.savedUse
    }
    this.requests = this.requests.filter((request) => request.isSaved)
    this.nowMs = Math.max(this.#wallMs, this.#newestSavedMs)
    this.restarts += 1
    this.limiter = this.#start()
  }

  /** Everything that the limiter shows is what the model counts. */
  compare(): void {
    const shown: unknown[] = []
    const counted: unknown[] = []
    for (const subject of PEOPLE) {
      for (const kind of ['user', 'key'] as const) {
        const use = this.limiter.use(kind, kind === 'user' ? subject.userId : subject.keyFamilyId)
        shown.push(use.running)
        counted.push(this.running(kind, subject))
        for (const window of WINDOWS) {
          shown.push({ requests: use[window].requests, tokens: use[window].tokens })
          counted.push(this.counted(kind, subject, window))
        }
      }
    }
    expect(shown).toEqual(counted)
  }
}

const isOf = (one: Remembered, kind: 'user' | 'key', subject: LimitSubject) =>
  kind === 'user' ? one.subject.userId === subject.userId : one.subject.keyFamilyId === subject.keyFamilyId

function admitThenWait(world: World, subject: LimitSubject, tokens: number): void {
  const retryAfterMs = world.admit(subject, tokens)
  if (retryAfterMs === undefined) return
  world.pass(retryAfterMs - 1)
  expect(world.expected(subject, tokens)).toBe('rate_limit_exceeded')
  world.admit(subject, tokens)
  world.pass(1)
  expect(['admitted', 'concurrency_limit_exceeded']).toContain(world.expected(subject, tokens))
  world.admit(subject, tokens)
}

function endOne(world: World, step: Extract<Step, { kind: 'true_up' | 'release' }>): void {
  const running = world.requests.filter((request) => !isPast(request))
  const request = running[step.which % Math.max(1, running.length)]
  if (!request) return
  if (step.kind === 'release') {
    request.admission?.release()
    request.isReleased = true
    return
  }
  // Its windows have passed and its counter may be forgotten: what it used counts nowhere, unless a restart under a clock
  // that was set back opens the day again. That loss is accepted, and not looked for here.
  if (request.isReleased && request.windows.day !== world.windows().day) return
  request.admission?.trueUp(step.tokens)
  request.used ??= step.tokens >= 0 ? step.tokens : request.reserved
}

async function take(world: World, step: Step): Promise<void> {
  switch (step.kind) {
    case 'pass':
      return world.pass(step.ms)
    case 'set_clock':
      return world.setClock(step.byMs)
    case 'admit': {
      const subject = PEOPLE[step.who] ?? PEOPLE[0]
      if (!subject) return
      return step.waits ? admitThenWait(world, subject, step.tokens) : void world.admit(subject, step.tokens)
    }
    case 'true_up':
    case 'release':
      return endOne(world, step)
    case 'save':
      return world.save(step.isDiskFull)
    case 'restart':
      return world.restart(step.isCrash)
  }
}

/** Over all that was ever admitted, whatever was given back later: no window holds more requests than its limit. */
function expectNoWindowBroken(world: World, limits: EffectiveLimits): void {
  for (const kind of ['user', 'key'] as const) {
    for (const limit of limits[kind].windows) {
      if (limit.metric !== 'requests') continue
      const perWindow = new Map<string, number>()
      for (const one of world.everAdmitted) {
        const place = `${kind === 'user' ? one.subject.userId : one.subject.keyFamilyId} ${one.windows[limit.window]}`
        perWindow.set(place, (perWindow.get(place) ?? 0) + 1)
      }
      expect(Math.max(0, ...perWindow.values())).toBeLessThanOrEqual(limit.value)
    }
  }
}

test(
  'whatever happens, a limiter admits, counts, gives back, keeps and forgets exactly what it should',
  async () => {
    await fc.assert(
      fc.asyncProperty(historyArbitrary, async (history) => {
        const world = new World(history)
        try {
          for (const step of history.steps) {
            await take(world, step)
            world.compare()
          }
          if (world.restarts === 0) expectNoWindowBroken(world, history.limits)
        } finally {
          await world.limiter.stop()
        }
      }),
      { numRuns: 150, examples: [[BEHIND_A_LONG_DAY]] },
    )
  },
  PATIENCE_MS,
)

test(
  'when every request has ended, no reservation and no slot is left',
  async () => {
    await fc.assert(
      fc.asyncProperty(historyArbitrary, async (history) => {
        const world = new World(history)
        try {
          for (const step of history.steps) await take(world, step)
          for (const { admission } of world.requests) {
            admission?.release()
            admission?.trueUp(0)
          }
          for (const subject of PEOPLE) {
            const use = world.limiter.use('user', subject.userId)
            const open = world.windows().day
            const used = world.requests.filter(
              (one) => isOf(one, 'user', subject) && one.windows.day === open,
            )
            expect(use.running).toBe(0)
            expect(use.day.tokens).toBe(used.reduce((sum, one) => sum + (one.used ?? 0), 0))
          }
        } finally {
          await world.limiter.stop()
        }
      }),
      { numRuns: 50 },
    )
  },
  PATIENCE_MS,
)

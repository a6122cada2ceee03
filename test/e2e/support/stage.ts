// A stage for journeys through the screens: the real server with the demo upstream, set up, and pages in a real browser as
// each person, language, theme and size. Whatever goes wrong inside a page fails the journey that opened it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import axe from 'axe-core'
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type Page,
  type Route,
} from 'playwright'
import { afterAll, expect, inject, test } from 'vitest'
import { commandFor } from '../../../scripts/system-needs.ts'
import { type Portal, type PortalOptions, startPortal, USER } from '../../integration/support/portal.ts'
import type { Door } from '../../journeys/door.ts'

const SCREENS_DIR = join(import.meta.dirname, '..', '..', '..', 'test-results', 'screens')
const PATIENCE_MS = 30_000

export const SIZES = {
  desktop: { width: 1280, height: 800 },
  narrow: { width: 1024, height: 768 },
  phone: { width: 375, height: 760 },
} as const

export interface Look {
  readonly locale: 'en' | 'zh-CN'
  readonly theme: 'light' | 'dark'
  readonly size: keyof typeof SIZES
}

/** Each language in both themes and both sizes; the first two have each language, theme and size once. */
const looksIn = (wide: Look['size'], small: Look['size']): readonly Look[] => [
  { locale: 'en', theme: 'light', size: wide },
  { locale: 'zh-CN', theme: 'dark', size: small },
  { locale: 'en', theme: 'dark', size: small },
  { locale: 'zh-CN', theme: 'light', size: wide },
]
const PORTAL_LOOKS = looksIn('desktop', 'phone')
const CONSOLE_LOOKS = looksIn('desktop', 'narrow')

export const nameOf = ({ locale, theme, size }: Look): string => `${locale}-${theme}-${size}`

interface Opening extends Partial<Look> {
  /** Whose session the page has; nobody's without it. */
  readonly cookie?: string
  /** Another origin than the stage's own, such as its address in the network. */
  readonly origin?: string
  /** Takes any certificate: the browser of the tests has no list of authorities to add one to. */
  readonly takesAnyCertificate?: boolean
  /** Messages in the browser's console that the journey provokes. */
  readonly expectedProblems?: RegExp
}

export interface Stage {
  readonly portal: Portal
  readonly admin: string
  /** Signs a teammate in; the person is made the first time. */
  teammate(email?: string): Promise<{ readonly id: string; readonly cookie: string }>
  open(path: string, opening?: Opening): Promise<Page>
  close(): Promise<void>
}

const endpoint = inject('browserEndpoint')

/** A journey; without a browser on this system it is skipped, and says how to get one. */
export const journey = endpoint === '' ? skipped : test

function skipped(name: string, _run: () => Promise<void>): void {
  test.skip(`${name} (needs a browser: ${commandFor(['chromium'])})`)
}
skipped.each = test.skip.each

export async function openStage(options: PortalOptions = {}): Promise<Stage> {
  const portal = await startPortal(options)
  const admin = await portal.setUp()
  const contexts: { readonly context: BrowserContext; readonly problems: string[] }[] = []
  let browser: Browser | undefined

  const stage: Stage = {
    portal,
    admin,
    async teammate(email = USER.email) {
      const { password } = USER
      const made = await portal.call('users.create', { email, password }, { cookie: admin })
      const cookie = await portal.signIn({ email, password })
      const me = await portal.call('me.get', {}, { cookie })
      if (!made.ok && made.error.code !== 'email_taken') throw new Error(JSON.stringify(made))
      return { id: me.data.id, cookie }
    },
    async open(path, opening = {}) {
      browser ??= await chromium.connect(endpoint)
      const { context, page, problems } = await newPage(browser, opening, portal.url)
      contexts.push({ context, problems })
      await page.goto(`${opening.origin ?? portal.url}${path}`)
      return page
    },
    async close() {
      for (const { context, problems } of contexts.splice(0)) {
        await context.close()
        expect(problems).toEqual([])
      }
      await browser?.close()
      await portal.stop()
    },
  }
  afterAll(() => stage.close())
  return stage
}

async function newPage(browser: Browser, opening: Opening, ownOrigin: string) {
  const { locale = 'en', theme = 'light', size = 'desktop', cookie, origin = ownOrigin } = opening
  const context = await browser.newContext({
    locale,
    colorScheme: theme,
    viewport: SIZES[size],
    hasTouch: size === 'phone',
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: opening.takesAnyCertificate === true,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const [name = '', value = ''] = cookie?.split(/=(.*)/s) ?? []
  if (cookie !== undefined)
    await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Strict' }])
  const page = await context.newPage()
  const problems: string[] = []
  const note = (text: string) => {
    if (!opening.expectedProblems?.test(text)) problems.push(text)
  }
  page.on('pageerror', (error) => note(String(error)))
  page.on('console', (message) => {
    // An answer with a refusal is one of these, and expected; its text does not say which one.
    const isRefusal = /the server responded with a status of 4\d\d/.test(message.text())
    if (message.type() === 'error' && !isRefusal) note(`${message.text()} ${message.location().url}`)
  })
  return { context, page, problems }
}

/** Saved for a person to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS_DIR, { recursive: true })
  // Fonts are swapped in; a picture of the moment before says nothing about the screen.
  await page.evaluate('document.fonts.ready')
  writeFileSync(join(SCREENS_DIR, `${name}.png`), await capture(page))
}

const debuggers = new WeakMap<Page, Promise<CDPSession>>()

/** Packed in haste: most of the time that a picture takes would otherwise go into making its file smaller. */
async function capture(page: Page): Promise<Buffer> {
  const session = debuggers.get(page) ?? page.context().newCDPSession(page)
  debuggers.set(page, session)
  const { data } = await (await session).send('Page.captureScreenshot', {
    format: 'png',
    optimizeForSpeed: true,
  })
  return Buffer.from(data, 'base64')
}

/** The text of the file that a press on the page downloads. */
export async function downloadedText(page: Page, press: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  // The browser is another process: there is no path to read from.
  return await text(await download.createReadStream())
}

/** How a defect of ours is answered. */
export const FAILURE_ID = 'req-77'

export function refuse(route: Route): Promise<void> {
  const error = { code: 'internal_error', message: 'x', details: { requestId: FAILURE_ID } }
  return route.fulfill({ status: 500, json: { ok: false, error } })
}

/** Lets an operation fail for this page until what it resolves to is called; the screen has to name FAILURE_ID. */
export async function failing(page: Page, operation: string): Promise<() => Promise<void>> {
  const path = `**/api/${operation}`
  await page.route(path, refuse)
  return () => page.unroute(path)
}

/** What a page is told when a language was chosen in another tab of its browser; resolves to whether it speaks it. */
const chooseLanguage = (locale: Look['locale']) => `(async () => {
  const key = 'codex-gateway.language'
  localStorage.setItem(key, '${locale}')
  dispatchEvent(new StorageEvent('storage', { key, newValue: '${locale}' }))
  const until = performance.now() + ${PATIENCE_MS}
  const speaks = () => document.documentElement.lang === '${locale}'
  while (!speaks() && performance.now() < until) await new Promise(requestAnimationFrame)
  return speaks()
})()`

const TOO_WIDE = 'document.documentElement.scrollWidth - innerWidth'

/** Such as `cut off by 27: Usage`. */
const FIND_CUT_TABLES = `[...document.querySelectorAll('.tablebox')]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => 'cut off by ' + (box.scrollWidth - box.clientWidth) + ': ' + box.querySelector('table').ariaLabel)`

/**
 * Guards that lead the focus back into what floats are hidden on purpose, and a menu stands outside of every region on purpose.
 * Run in the page: only what is wrong is worked out, and only what is read of it comes back; nothing where axe is not there yet. */
const FIND_FAULTS = `typeof axe === 'undefined' ? undefined : axe.run({ exclude: ['[data-base-ui-focus-guard]'] }, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
  iframes: false,
}).then(({ violations }) => [
  ...violations.filter(({ id, nodes }) => id !== 'region' || nodes.some(({ html }) => !html.includes('role="menu"'))).map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')),
  ...(${TOO_WIDE} > 0 ? ['too wide by ' + (${TOO_WIDE})] : []),
  ...${FIND_CUT_TABLES},
])`

/** What fades in is as pale as it is for a moment only; what turns for ever is not waited for. */
const AT_REST = `Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
  .map(({ finished }) => finished))`

/** Widths of the desktop's window beside the two sizes: where the side bar changes, and where columns come and go. */
const WIDTHS = [1024, 1119, 1120, 1200, 1280, 1400, 1440]

/** No column of a table is out of sight at any width of the console, in either language. */
export async function expectWholeTables(page: Page): Promise<void> {
  const cut: string[] = []
  for (const locale of ['en', 'zh-CN'] as const) {
    expect(await page.evaluate(chooseLanguage(locale))).toBe(true)
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: SIZES.desktop.height })
      const found = await page.evaluate<string[]>(FIND_CUT_TABLES)
      cut.push(...found.map((what) => `${locale} ${width}: ${what}`))
    }
  }
  await takeLook(page, { locale: 'en', theme: 'light', size: 'desktop' })
  expect(cut).toEqual([])
}

/** WCAG A and AA by axe, no sideways scrolling, and no column of a table out of sight. Disabled controls may be pale, as WCAG allows. */
export async function expectSound(page: Page): Promise<void> {
  await page.evaluate(AT_REST)
  const found = await page.evaluate(FIND_FAULTS)
  if (found !== undefined) return expect(found).toEqual([])
  await page.evaluate(axe.source)
  expect(await page.evaluate(FIND_FAULTS)).toEqual([])
}

/**
 * Pictures of the page as it stands, without loading it again: size and theme change as a window's do, the language as if it
 * was chosen in another tab. Each language, theme and size once, held against axe; with `ALL_LOOKS=1` in all looks. Ends in
 * the first.
 */
export const showLooks = (page: Page, name: string): Promise<void> => showEach(page, name, PORTAL_LOOKS)

/** The same of the console, whose smaller size is not a phone's. */
export const showConsole = (page: Page, name: string): Promise<void> =>
  showEach(page, `console-${name}`, CONSOLE_LOOKS)

async function showEach(page: Page, name: string, looks: readonly Look[]): Promise<void> {
  for (const look of looks.slice(0, process.env['ALL_LOOKS'] ? undefined : 2)) {
    await takeLook(page, look)
    await expectSound(page)
    await takePicture(page, `${name}-${nameOf(look)}`)
  }
  for (const look of looks.slice(0, 1)) await takeLook(page, look)
}

async function takeLook(page: Page, { locale, theme, size }: Look): Promise<void> {
  await page.setViewportSize(SIZES[size])
  await page.emulateMedia({ colorScheme: theme })
  expect(await page.evaluate(chooseLanguage(locale))).toBe(true)
}

/** An address of this machine that is not loopback: there, a page is no secure context. Undefined without a network. */
export function networkAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}

/** The console over HTTP, for the journeys that are the same in the desktop window. */
export function doorOf(stage: Stage, page: Page, cookie: () => string = () => stage.admin): Door {
  return {
    page,
    address: () => stage.portal.url,
    goTo: async (path) => void (await page.goto(`${stage.portal.url}${path}`)),
    async ask(operation, input) {
      const answer = await stage.portal.call(operation, input, { cookie: cookie() })
      if (!answer.ok) throw new Error(JSON.stringify(answer))
      return answer.data
    },
    async look(name) {
      await expectSound(page)
      await takePicture(page, `console-${name}`)
    },
  }
}

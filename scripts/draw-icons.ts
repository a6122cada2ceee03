// `npm run icons`: draws every picture in build/ out of build/drawings/, in a browser. The pictures are kept in the repository:
// whoever builds the app needs no browser.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { ROOT } from './setup.mjs'
import { findNeed } from './system-needs.ts'

const BUILD = join(ROOT, 'build')
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const
/** Windows shows these, each as it is. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256] as const
/** Apple's names of icons that are PNG inside, and their pixels. https://en.wikipedia.org/wiki/Apple_Icon_Image_format */
const ICNS_TYPES = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
] as const
const TRAY_STATES = ['running', 'stopped', 'attention'] as const

async function draw(browser: Browser, drawing: string, size: number): Promise<Buffer> {
  const svg = readFileSync(join(BUILD, 'drawings', `${drawing}.svg`), 'utf8')
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  )
  const png = await page.screenshot({ omitBackground: true })
  await page.close()
  return png
}

/** https://learn.microsoft.com/windows/win32/menurc/newheader: a directory, then the pictures, which may be PNG. */
function toIco(pictures: ReadonlyMap<number, Buffer>): Buffer {
  const chosen = ICO_SIZES.map((size) => ({ size, png: pictures.get(size) ?? Buffer.alloc(0) }))
  const head = Buffer.alloc(6 + 16 * chosen.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(chosen.length, 4)
  let offset = head.length
  for (const [index, { size, png }] of chosen.entries()) {
    const at = 6 + 16 * index
    // 256 is written as 0.
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([head, ...chosen.map(({ png }) => png)])
}

function toIcns(pictures: ReadonlyMap<number, Buffer>): Buffer {
  const entries = ICNS_TYPES.map(([type, size]) => {
    const png = pictures.get(size) ?? Buffer.alloc(0)
    return Buffer.concat([tagged(type, png.length), png])
  })
  const body = Buffer.concat(entries)
  return Buffer.concat([tagged('icns', body.length), body])
}

/** Four letters, and the length with these eight bytes. */
function tagged(type: string, length: number): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1')
  head.writeUInt32BE(length + 8, 4)
  return head
}

const browser = await chromium.launch({
  executablePath: findNeed('chromium') ?? '',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
for (const folder of ['icons', 'tray', 'tray/menu-bar']) mkdirSync(join(BUILD, folder), { recursive: true })
const pictures = new Map<number, Buffer>()
for (const size of SIZES) {
  const png = await draw(browser, 'app', size)
  pictures.set(size, png)
  writeFileSync(join(BUILD, 'icons', `${size}x${size}.png`), png)
}
writeFileSync(join(BUILD, 'icon.ico'), toIco(pictures))
writeFileSync(join(BUILD, 'icon.icns'), toIcns(pictures))
for (const state of TRAY_STATES) {
  writeFileSync(join(BUILD, 'tray', `${state}.png`), await draw(browser, `tray-${state}`, 32))
  const menuBar = join(BUILD, 'tray', 'menu-bar')
  writeFileSync(join(menuBar, `${state}.png`), await draw(browser, `menu-bar-${state}`, 18))
  writeFileSync(join(menuBar, `${state}@2x.png`), await draw(browser, `menu-bar-${state}`, 36))
}
await browser.close()

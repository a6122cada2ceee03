// The mark: a moon gate in a garden wall, which is also a keyhole. The lamp is lit only while the gate is open.
import { type Html, html, trustedMarkup } from './html.ts'

const LIT = { disc: '#f8d993', path: '#c08f3f' }
const DARK = { disc: '#0a3a31', path: '#0a2b25' }

const drawing = (isLit: boolean): string => {
  const { disc, path } = isLit ? LIT : DARK
  return `<clipPath id="wall"><rect x="32" y="32" width="448" height="448" rx="104"/></clipPath><g clip-path="url(#wall)"><path fill="#06443a" d="M32 32h448v448H32z"/><path fill="#03312a" d="M32 350h448v130H32z"/><path d="M146 350A154 154 0 1 1 366 350" fill="none" stroke="#2f7767" stroke-width="14"/><path d="M180 350H332L388 480H124Z" fill="${path}"/><path d="M180 350A132 132 0 1 1 332 350Z" fill="${disc}"/></g>`
}

/** The mark as a file of its own: the icon of the browser's tab. */
export const markFile = (isLit: boolean): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="32 32 448 448">${drawing(isLit)}</svg>`

/** The mark beside a name, which says what it is. */
export const mark = (): Html =>
  html`<svg class="mark" viewBox="32 32 448 448" aria-hidden="true">${trustedMarkup(
    drawing(true).replaceAll('"wall"', '"mark-wall"').replace('#wall)', '#mark-wall)'),
  )}</svg>`

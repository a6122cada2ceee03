// The style sheet of the pages that the server draws itself: the product's tokens and the few parts these pages need.
import { createHash } from 'node:crypto'

const LIGHT = `color-scheme:light;--canvas:#edf3f1;--surface:#fff;--sunken:#f6f9f8;--hover:#f0f6f4;--line:#dfe6e4;--line-control:#7f8d89;--ink:#12221e;--ink-2:#43524e;--ink-3:#5c6b67;--accent:#01564a;--accent-hover:#01453c;--accent-press:#00362f;--on-accent:#fff;--accent-soft:#e3f0ec;--focus:#156cdd;--ok:#17936d;--ok-ink:#086b4e;--ok-soft:#e2f5ec;--warn:#bc760d;--warn-ink:#7c4d12;--warn-soft:#fdf2dc;--bad:#bf282b;--info:#1f62a6;--info-ink:#1a609e;--info-soft:#e9f4fe;--shadow-1:0 1px 2px rgb(12 34 28/.06);`
const DARK = `color-scheme:dark;--canvas:#090f0e;--surface:#111a18;--sunken:#0d1513;--hover:#1a2522;--line:#232e2b;--line-control:#6a7a76;--ink:#e7efed;--ink-2:#acb9b6;--ink-3:#8b9a96;--accent:#84d7bd;--accent-hover:#9de6ce;--accent-press:#74c8ae;--on-accent:#06251e;--accent-soft:#16302a;--focus:#67b0f9;--ok:#56d0a5;--ok-ink:#7bdeb7;--ok-soft:#142d25;--warn:#ebb353;--warn-ink:#f2cb83;--warn-soft:#322711;--bad:#f2716a;--info:#5b9ddc;--info-ink:#9bcaf2;--info-soft:#17293a;--shadow-1:0 1px 2px rgb(0 0 0/.4);`

export const STYLE = `:root{${LIGHT}
--sans:"Inter Variable",Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI Variable Text","Segoe UI","PingFang SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;
--mono:"JetBrains Mono Variable",ui-monospace,"SF Mono","Cascadia Code",Menlo,Consolas,"PingFang SC","Microsoft YaHei","Noto Sans Mono CJK SC",monospace}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--canvas);color:var(--ink);font:400 14px/20px var(--sans);font-variant-numeric:tabular-nums;text-autospace:normal;-webkit-font-smoothing:antialiased}
:lang(zh){line-height:22px}
h1,h2,h3,p,pre,ol,ul,dl,dd,figure{margin:0;padding:0}
ol,ul{list-style:none}
a{color:var(--accent);text-underline-offset:3px;text-decoration-thickness:1px}
code,pre,.mono{font:400 12px/20px var(--mono);font-variant-ligatures:none}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bar{background:var(--surface);border-bottom:1px solid var(--line)}
.bar>div,main{max-width:1120px;margin:0 auto;padding:0 24px}
.bar>div{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;min-height:56px;padding-top:6px;padding-bottom:6px}
.brand{display:flex;align-items:center;gap:10px;font-weight:600;color:var(--ink);text-decoration:none;min-width:0;overflow-wrap:anywhere}
.mark{width:26px;height:26px;flex:none}
.langs{margin-left:auto;flex:none;display:flex;gap:2px;border:1px solid var(--line);border-radius:6px;padding:2px}
.langs a{display:block;padding:2px 10px;border-radius:4px;color:var(--ink-2);text-decoration:none;font-size:13px;line-height:22px}
.langs a:hover{background:var(--hover)}
.langs a[aria-current]{background:var(--accent-soft);color:var(--accent);font-weight:500}
.card{background:var(--surface);border:1px solid var(--line);border-radius:8px;min-width:0}
h2{font-size:14px;line-height:20px;font-weight:600;margin-top:8px}
h3{font-size:13px;line-height:20px;font-weight:500;margin-top:4px}
.card pre{justify-self:stretch;background:var(--sunken);border:1px solid var(--line);border-radius:6px;padding:8px 12px;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}
h1{font-size:22px;line-height:28px;font-weight:600;letter-spacing:-.01em}
:lang(zh) h1,:lang(zh) .address{letter-spacing:0}
.tag{display:inline-flex;align-items:center;gap:6px;height:22px;padding:0 8px;border-radius:4px;font-size:12px;line-height:16px;font-weight:500;background:var(--ok-soft);color:var(--ok-ink)}
.tag svg{width:10px;height:10px;fill:var(--ok)}
.tag.warn{background:var(--warn-soft);color:var(--warn-ink)}.tag.warn svg{fill:var(--warn)}
.tag.info{background:var(--info-soft);color:var(--info-ink)}.tag.info svg{fill:var(--info)}
.address{font:400 26px/34px var(--mono);letter-spacing:-.02em;overflow-wrap:anywhere;user-select:all}
.soft{color:var(--ink-2)}
.actions{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin-top:6px}
button{font:500 13px/20px var(--sans);display:inline-flex;align-items:center;gap:8px;height:32px;padding:0 12px;border-radius:6px;border:1px solid var(--line);background:var(--surface);color:var(--ink);cursor:pointer;box-shadow:var(--shadow-1)}
button:hover{background:var(--hover)}
button.primary{background:var(--accent);border-color:transparent;color:var(--on-accent)}
button.primary:hover{background:var(--accent-hover)}
button.primary:active{background:var(--accent-press)}
button svg{width:14px;height:14px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
button .done{display:none}
button.copied .done{display:inline-flex}button.copied .idle{display:none}
button span{display:inline-flex;align-items:center;gap:8px}
[data-copy]{display:none}
.scripted [data-copy]{display:inline-flex}
.lone{max-width:560px;padding:48px 24px;display:block}
.lone .card{padding:28px 24px;display:grid;gap:10px;justify-items:start}
@media (max-width:639px){
.bar>div,main{padding-left:16px;padding-right:16px}
.address{font-size:20px;line-height:28px}
.card{border-radius:12px}
.langs a{padding:8px 12px;font-size:14px;line-height:22px}
button{height:44px;padding:0 16px;font-size:14px}
.lone{padding:24px 16px}
}
@media (prefers-reduced-motion:no-preference){button,.langs a{transition:background-color 120ms cubic-bezier(.2,.8,.2,1)}}
`

/** What the style-src directive has to carry for the sheet to be taken from inside the page. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

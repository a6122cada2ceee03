// Every word of the pages that the server draws, in both languages; the second has to have what the first has.

const EN = {
  htmlLang: 'en',
  title: 'Codex Gateway',
  language: 'Language',
  copy: 'Copy',
  copied: 'Copied',
  copyAddress: 'Copy address',
  running: 'Running',
  setupNeeded: 'Set-up needed',
  setupNeededTitle: 'One step before the gate opens',
  setupNeededText:
    'Nobody administers this gateway yet. Whoever started it finishes the set-up on that machine; it takes a minute.',
  helloTitle: 'You have reached the gateway',
  helloText: 'This device can talk to it. Clients on this device use the address below.',
  helloBack: 'How to connect a client',
  lostTitle: 'There is nothing at this address',
  lostText: 'The gateway is here, but this page is not.',
  lostBack: 'To the start page',
  notBuiltTitle: 'The pages of this gateway are missing',
  notBuiltText:
    'Requests are served all the same. Run `npm run build` where the gateway is installed, and start it again.',
}

export type Words = Readonly<Record<keyof typeof EN, string>>

const ZH: Words = {
  htmlLang: 'zh-CN',
  title: 'Codex Gateway',
  language: '语言',
  copy: '复制',
  copied: '已复制',
  copyAddress: '复制地址',
  running: '运行中',
  setupNeeded: '需要设置',
  setupNeededTitle: '还差一步即可开门',
  setupNeededText: '此网关尚无管理员。请由启动它的人在该机器上完成设置，约需一分钟。',
  helloTitle: '已连接到网关',
  helloText: '此设备可以访问网关。本设备上的客户端请使用以下地址。',
  helloBack: '如何接入客户端',
  lostTitle: '此地址没有内容',
  lostText: '网关在运行，但没有这个页面。',
  lostBack: '返回首页',
  notBuiltTitle: '缺少网关页面',
  notBuiltText: '请求仍会正常处理。请在网关的安装目录运行 `npm run build`，然后重新启动。',
}

export const WORDS = { en: EN satisfies Words, 'zh-CN': ZH } as const

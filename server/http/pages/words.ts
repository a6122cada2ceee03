// Every word of the pages that the server draws, in both languages; the second has to have what the first has.

const EN = {
  htmlLang: 'en',
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
  helloTrust: 'It speaks HTTPS with a certificate of its own. What to trust, and how',
  trustTitle: 'Trust this gateway',
  trustText:
    'This gateway speaks HTTPS with a certificate of its own authority. Each device or client that uses it is told once to trust that authority; it can vouch for this gateway and for names in local networks, and for no other site.',
  trustFingerprint: 'Fingerprint, SHA-256',
  trustCompare:
    'Compare it with the one that the operator reads to you from the console. Where they differ, somebody stands in between: trust nothing.',
  trustDownload: 'Download the certificate',
  trustFetch: 'Fetched in a terminal, with its fingerprint to compare',
  trustPython:
    'Python then trusts this authority alone, so set it for programs that talk to the gateway only.',
  trustFirefox:
    'Firefox on Linux and on phones has a list of its own: Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import.',
}

export type Words = Readonly<Record<keyof typeof EN, string>>

const ZH: Words = {
  htmlLang: 'zh-CN',
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
  helloTrust: '它通过 HTTPS 提供服务，证书由网关自己签发。查看如何信任',
  trustTitle: '信任此网关',
  trustText:
    '此网关使用自己的证书颁发机构（CA）提供 HTTPS。每台设备或每个客户端只需信任该 CA 一次；它只能为此网关和局域网内的名称作证，不能冒充其他网站。',
  trustFingerprint: 'SHA-256 指纹',
  trustCompare: '请与管理员在控制台中看到的指纹核对。若不一致，说明中间有人拦截，请勿信任。',
  trustDownload: '下载证书',
  trustFetch: '在终端中获取证书，并核对指纹',
  trustPython: '此后 Python 只信任这个 CA，因此请只为仅访问网关的程序设置。',
  trustFirefox:
    'Linux 和手机上的 Firefox 使用自己的证书列表：设置、隐私与安全、证书、查看证书、证书颁发机构、导入。',
}

export const WORDS = { en: EN satisfies Words, 'zh-CN': ZH } as const

// Mail about how somebody signs in: links for a new password or address, and word of every change, to whom it concerns.
import type { Template } from '../letter.ts'

/** When and from where something was done. */
interface Doing {
  readonly at: number
  readonly address: string
}

const IF_NOT_YOU = {
  en: 'If it was not you, set a new password at once and tell the administrator.',
  'zh-CN': '如果不是您本人操作，请立即重置密码并联系管理员。',
} as const

export const passwordReset: Template<{ readonly link: string; readonly validMinutes: number }> = {
  en: ({ productName }, { link, validMinutes }) => ({
    subject: `Set a new password for ${productName}`,
    paragraphs: [`Somebody, probably you, asked for a new password for your account at ${productName}.`],
    action: { label: 'Choose a new password', url: link },
    after: [
      `The link works once, for ${validMinutes} minutes.`,
      'If it was not you, do nothing: your password stays as it is.',
    ],
  }),
  'zh-CN': ({ productName }, { link, validMinutes }) => ({
    subject: `重置您在 ${productName} 的密码`,
    paragraphs: [`有人（应该是您本人）请求重置您在 ${productName} 的账户密码。`],
    action: { label: '设置新密码', url: link },
    after: [
      `链接仅可使用一次，${validMinutes} 分钟内有效。`,
      '如果不是您本人操作，请忽略本邮件：密码不会改变。',
    ],
  }),
}

export const passwordChanged: Template<Doing> = {
  en: ({ productName, formatTime }, { at, address }) => ({
    subject: `Your password at ${productName} was changed`,
    paragraphs: [
      `The password of your account was changed on ${formatTime(at)}, from ${address}. Other sessions have ended.`,
      IF_NOT_YOU.en,
    ],
  }),
  'zh-CN': ({ productName, formatTime }, { at, address }) => ({
    subject: `您在 ${productName} 的密码已更改`,
    paragraphs: [
      `您的账户密码已于 ${formatTime(at)} 从 ${address} 更改，其他会话已结束。`,
      IF_NOT_YOU['zh-CN'],
    ],
  }),
}

/** To the new address. */
export const emailChange: Template<{ readonly link: string; readonly validHours: number }> = {
  en: ({ productName }, { link, validHours }) => ({
    subject: `Confirm your new address for ${productName}`,
    paragraphs: [`Somebody, probably you, wants to use this address for their account at ${productName}.`],
    action: { label: 'Use this address', url: link },
    after: [`The link works once, for ${validHours} hours.`, 'If it was not you, do nothing.'],
  }),
  'zh-CN': ({ productName }, { link, validHours }) => ({
    subject: `确认您在 ${productName} 的新邮箱地址`,
    paragraphs: [`有人（应该是您本人）希望将此邮箱地址用于 ${productName} 的账户。`],
    action: { label: '使用此邮箱地址', url: link },
    after: [`链接仅可使用一次，${validHours} 小时内有效。`, '如果不是您本人操作，请忽略本邮件。'],
  }),
}

/** To the old address. */
export const emailChanged: Template<Doing & { readonly newEmail: string }> = {
  en: ({ productName, formatTime }, { at, address, newEmail }) => ({
    subject: `Your address at ${productName} was changed`,
    paragraphs: [
      `The address of your account was changed to ${newEmail} on ${formatTime(at)}, from ${address}. This is the last mail to the old one.`,
      'If it was not you, tell the administrator at once.',
    ],
  }),
  'zh-CN': ({ productName, formatTime }, { at, address, newEmail }) => ({
    subject: `您在 ${productName} 的邮箱地址已更改`,
    paragraphs: [
      `您的账户邮箱已于 ${formatTime(at)} 从 ${address} 更改为 ${newEmail}。这是发往旧地址的最后一封邮件。`,
      '如果不是您本人操作，请立即联系管理员。',
    ],
  }),
}

const FACTOR_CHANGES = {
  on: { en: 'was switched on', 'zh-CN': '已启用' },
  off: { en: 'was switched off', 'zh-CN': '已关闭' },
  reset: { en: 'was switched off by an administrator', 'zh-CN': '已由管理员关闭' },
  codes_renewed: { en: 'has new recovery codes', 'zh-CN': '已生成新的恢复码' },
  recovery_code_used: { en: 'was passed with a recovery code', 'zh-CN': '已通过恢复码验证' },
} as const

export type SecondFactorChange = keyof typeof FACTOR_CHANGES

export const secondFactorChanged: Template<Doing & { readonly change: SecondFactorChange }> = {
  en: ({ productName, formatTime }, { at, address, change }) => ({
    subject: `Your second factor at ${productName} ${FACTOR_CHANGES[change].en}`,
    paragraphs: [
      `The second factor of your account ${FACTOR_CHANGES[change].en} on ${formatTime(at)}, from ${address}.`,
      IF_NOT_YOU.en,
    ],
  }),
  'zh-CN': ({ productName, formatTime }, { at, address, change }) => ({
    subject: `您在 ${productName} 的双重验证${FACTOR_CHANGES[change]['zh-CN']}`,
    paragraphs: [
      `您账户的双重验证${FACTOR_CHANGES[change]['zh-CN']}（${formatTime(at)}，来自 ${address}）。`,
      IF_NOT_YOU['zh-CN'],
    ],
  }),
}

/** To the administrators. */
export const deletionRequested: Template<{ readonly link: string; readonly email: string }> = {
  en: ({ productName }, { link, email }) => ({
    subject: `${email} asks to be deleted from ${productName}`,
    paragraphs: [
      `${email} asks that the account be deleted. It stays as it is until an administrator does so.`,
    ],
    action: { label: 'Show the account', url: link },
  }),
  'zh-CN': ({ productName }, { link, email }) => ({
    subject: `${email} 请求从 ${productName} 删除账户`,
    paragraphs: [`${email} 请求删除账户。在管理员删除之前，账户保持不变。`],
    action: { label: '查看账户', url: link },
  }),
}

/** What an administrator sends to see whether mail arrives. */
export const test: Template<Doing> = {
  en: ({ productName, formatTime }, { at }) => ({
    subject: `Test mail of ${productName}`,
    paragraphs: [`Mail of ${productName} arrives. This one was sent on ${formatTime(at)}.`],
  }),
  'zh-CN': ({ productName, formatTime }, { at }) => ({
    subject: `${productName} 测试邮件`,
    paragraphs: [`${productName} 的邮件可以送达。本邮件发送于 ${formatTime(at)}。`],
  }),
}

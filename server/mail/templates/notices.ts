// Mail about what runs out or turns up: to the person, and with their address in it to the administrators.
import type { Locale } from '../../../contract/operations/fields.ts'
import type { PlanMetric, PlanWindow } from '../../../contract/plans.ts'
import type { Template } from '../letter.ts'

/** Whose matter it is; null for the reader's own. */
interface Whose {
  readonly email: string | null
  /** Where to look at it. */
  readonly link: string
}

interface QuotaNotice extends Whose {
  readonly planName: string
  readonly window: PlanWindow
  readonly percent: number
  /** In figures, money with its sign. */
  readonly quota: string
  readonly metric: PlanMetric
  readonly resetsAt: number
}

const UNITS: Readonly<Record<Locale, Readonly<Record<PlanMetric, string>>>> = {
  en: { money: '', tokens: ' tokens', requests: ' requests' },
  'zh-CN': { money: '', tokens: ' 个 Token', requests: ' 个请求' },
}
const WINDOWS: Readonly<Record<Locale, Readonly<Record<PlanWindow, string>>>> = {
  en: { day: 'a day', week: 'a week', month: 'a month' },
  'zh-CN': { day: '每日', week: '每周', month: '每月' },
}

/** In Chinese: an address stands off from the characters beside it, a word does not. */
const whose = (email: string | null): string => (email === null ? '您' : `${email} `)

export const quotaReached: Template<QuotaNotice> = {
  en: ({ productName, formatTime }, { email, planName, window, percent, quota, metric, resetsAt, link }) => ({
    subject: `${email ?? 'You'} used ${percent}% of the plan ${planName} at ${productName}`,
    paragraphs: [
      `${email ?? 'You'} used ${percent}% of ${quota}${UNITS.en[metric]} ${WINDOWS.en[window]}.`,
      `The quota is whole again on ${formatTime(resetsAt)}.`,
    ],
    action: { label: 'Look at it', url: link },
  }),
  'zh-CN': ({ productName, formatTime }, data) => ({
    subject: `${whose(data.email)}已使用 ${productName} 套餐 ${data.planName} 的 ${data.percent}%`,
    paragraphs: [
      `${whose(data.email)}已使用${WINDOWS['zh-CN'][data.window]} ${data.quota}${UNITS['zh-CN'][data.metric]} 配额的 ${data.percent}%。`,
      `配额将于 ${formatTime(data.resetsAt)} 重置。`,
    ],
    action: { label: '查看', url: data.link },
  }),
}

export const balanceLow: Template<Whose & { readonly left: string; readonly threshold: string }> = {
  en: ({ productName }, { email, left, threshold, link }) => ({
    subject: `${email === null ? 'Your balance' : `The balance of ${email}`} at ${productName} is low`,
    paragraphs: [`${left} is left, which is less than ${threshold}. What is not covered is refused.`],
    action: { label: 'Look at it', url: link },
  }),
  'zh-CN': ({ productName }, { email, left, threshold, link }) => ({
    subject: `${whose(email)}在 ${productName} 的余额不足`,
    paragraphs: [`剩余 ${left}，低于 ${threshold}。余额不足的请求将被拒绝。`],
    action: { label: '查看', url: link },
  }),
}

export const keyNewAddress: Template<Whose & { readonly keyName: string; readonly address: string }> = {
  en: ({ productName }, { email, keyName, address, link }) => ({
    subject: `${email === null ? 'Your' : `${email}:`} API key at ${productName} is used from a new address`,
    paragraphs: [
      `The key ${keyName} was used from ${address}, where it had not been used before.`,
      'Where nobody knows of it, the key has leaked: rotate it at once, and give the leak as the reason.',
    ],
    action: { label: 'Look at the keys', url: link },
  }),
  'zh-CN': ({ productName }, { email, keyName, address, link }) => ({
    subject: `${whose(email)}在 ${productName} 的 API 密钥从新地址使用`,
    paragraphs: [
      `密钥 ${keyName} 首次从 ${address} 使用。`,
      '如果无人知晓此事，则该密钥已泄露：请立即以泄露为由轮换密钥。',
    ],
    action: { label: '查看密钥', url: link },
  }),
}

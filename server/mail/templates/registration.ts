// Mail on the way to an account: proving an address, being invited, being let in.
import type { Template } from '../letter.ts'

export const verification: Template<{ readonly link: string; readonly validHours: number }> = {
  en: ({ productName }, { link, validHours }) => ({
    subject: `Confirm your address for ${productName}`,
    paragraphs: [`Somebody, probably you, registered at ${productName} with this address.`],
    action: { label: 'Confirm this address', url: link },
    after: [
      `The link works once, for ${validHours} hours.`,
      'If it was not you, do nothing: without the link there is no account.',
    ],
  }),
  'zh-CN': ({ productName }, { link, validHours }) => ({
    subject: `确认您在 ${productName} 的邮箱地址`,
    paragraphs: [`有人（应该是您本人）使用此邮箱地址注册了 ${productName}。`],
    action: { label: '确认此邮箱地址', url: link },
    after: [
      `链接仅可使用一次，${validHours} 小时内有效。`,
      '如果不是您本人操作，请忽略本邮件：不打开链接就不会创建账户。',
    ],
  }),
}

/** Goes out in place of a verification, so that registering says nothing about who is here already. */
export const alreadyRegistered: Template<{ readonly link: string }> = {
  en: ({ productName }, { link }) => ({
    subject: `You have an account at ${productName} already`,
    paragraphs: [
      `Somebody, perhaps you, registered at ${productName} with this address. There is an account with it already, and nothing was changed.`,
      'If it was you: sign in, or ask there for a new password.',
    ],
    action: { label: 'Sign in', url: link },
    after: ['If it was not you, do nothing.'],
  }),
  'zh-CN': ({ productName }, { link }) => ({
    subject: `您在 ${productName} 已有账户`,
    paragraphs: [
      `有人（可能是您本人）使用此邮箱地址注册 ${productName}。该地址已有账户，没有做任何更改。`,
      '如果是您本人：请直接登录，或在登录页找回密码。',
    ],
    action: { label: '登录', url: link },
    after: ['如果不是您本人操作，请忽略本邮件。'],
  }),
}

export const welcome: Template<{ readonly link: string }> = {
  en: ({ productName }, { link }) => ({
    subject: `Welcome to ${productName}`,
    paragraphs: [
      `Your account at ${productName} is ready.`,
      'Next: create an API key, and use it in Codex CLI, an SDK or an editor. The portal shows how for each of them.',
    ],
    action: { label: 'Open the portal', url: link },
  }),
  'zh-CN': ({ productName }, { link }) => ({
    subject: `欢迎使用 ${productName}`,
    paragraphs: [
      `您在 ${productName} 的账户已就绪。`,
      '接下来请创建 API 密钥，并在 Codex CLI、SDK 或编辑器中使用。门户中有各客户端的配置方法。',
    ],
    action: { label: '打开门户', url: link },
  }),
}

export const approved: Template<{ readonly link: string }> = {
  en: ({ productName }, { link }) => ({
    subject: `Your account at ${productName} was approved`,
    paragraphs: [`An administrator let you in. You can sign in to ${productName} now.`],
    action: { label: 'Sign in', url: link },
  }),
  'zh-CN': ({ productName }, { link }) => ({
    subject: `您在 ${productName} 的账户已通过审批`,
    paragraphs: [`管理员已批准您的注册，现在可以登录 ${productName}。`],
    action: { label: '登录', url: link },
  }),
}

/** To the administrators. */
export const approvalRequested: Template<{ readonly link: string; readonly email: string }> = {
  en: ({ productName }, { link, email }) => ({
    subject: `${email} waits for approval at ${productName}`,
    paragraphs: [`${email} registered at ${productName} and waits for an administrator.`],
    action: { label: 'Show who waits', url: link },
  }),
  'zh-CN': ({ productName }, { link, email }) => ({
    subject: `${email} 正在等待 ${productName} 的审批`,
    paragraphs: [`${email} 注册了 ${productName}，正在等待管理员审批。`],
    action: { label: '查看待审批用户', url: link },
  }),
}

export const invitation: Template<{ readonly link: string; readonly validDays: number }> = {
  en: ({ productName }, { link, validDays }) => ({
    subject: `You are invited to ${productName}`,
    paragraphs: [
      `An administrator of ${productName} invites you. It gives you an address and a key for Codex CLI, SDKs and editors.`,
    ],
    action: { label: 'Accept the invitation', url: link },
    after: [
      `The link works once, for ${validDays} days, and makes an account with this address.`,
      'If you do not know what this is about, do nothing.',
    ],
  }),
  'zh-CN': ({ productName }, { link, validDays }) => ({
    subject: `邀请您使用 ${productName}`,
    paragraphs: [`${productName} 的管理员邀请您加入，您将获得可用于 Codex CLI、SDK 和编辑器的地址与密钥。`],
    action: { label: '接受邀请', url: link },
    after: [
      `链接仅可使用一次，${validDays} 天内有效，将使用此邮箱地址创建账户。`,
      '如果您不了解此事，请忽略本邮件。',
    ],
  }),
}

// Sends notices by mail, to the person and to the administrators, where mail is set up.
import type { Notice, Notices } from './accounts/notices.ts'
import type { UserRow, UsersRepository } from './db/repositories/users.ts'
import { formatUsd } from './ledger/money.ts'
import type { Mail } from './mail/mail.ts'
import type { MailData } from './mail/templates/templates.ts'

interface NoticeMailDeps {
  readonly notices: Pick<Notices, 'subscribe'>
  readonly mail: Mail
  readonly users: Pick<UsersRepository, 'findById'>
  /** The gateway's address as people reach it, without a slash at its end. */
  readonly baseUrl: () => string
}

type NoticeTemplate = 'quota_reached' | 'balance_low' | 'key_new_address'

/** Returns the function that ends it. */
export const sendNoticesByMail = (deps: NoticeMailDeps): (() => void) =>
  deps.notices.subscribe((notice) => {
    const user = deps.users.findById(notice.userId)
    if (user && user.status !== 'deleted') tell(deps, user, notice)
  })

function tell(deps: NoticeMailDeps, user: UserRow, { content }: Notice): void {
  switch (content.kind) {
    case 'quota': {
      const { planName, window, metric, thresholdPercent: percent, resetsAt } = content
      const quota = metric === 'money' ? formatUsd(content.quota) : content.quota.toLocaleString('en-US')
      send(deps, user, 'quota_reached', { planName, window, metric, percent, quota, resetsAt })
      break
    }
    case 'low_balance': {
      const { leftNanoUsd, thresholdNanoUsd } = content
      const amounts = { left: formatUsd(leftNanoUsd, 'down'), threshold: formatUsd(thresholdNanoUsd) }
      send(deps, user, 'balance_low', amounts)
      break
    }
    case 'key_new_address': {
      const { keyName, address } = content
      send(deps, user, 'key_new_address', { keyName, address })
      break
    }
  }
}

function send<Name extends NoticeTemplate>(
  { mail, baseUrl }: NoticeMailDeps,
  user: UserRow,
  template: Name,
  data: Omit<MailData<Name>, 'email' | 'link'>,
): void {
  // The two that were left out are put in here, for one reader and for the other.
  const forReader = (email: string | null, link: string) => ({ ...data, email, link }) as MailData<Name>
  mail.enqueueToAdministrators(template, forReader(user.email, `${baseUrl()}/admin/users/${user.id}`))
  // Of their own matters, administrators are told once.
  if (user.role !== 'admin') mail.enqueue(template, user.id, forReader(null, baseUrl()))
}

// The pages that links in mail, and links that an administrator hands over, lead to. The secret stands in the fragment, so
// that it is sent to no server and stands in no log.

/** Pages of the portal, by what the link is good for. */
export const LINK_PAGES = {
  verify_email: '/verify-email',
  change_email: '/verify-email',
  reset_password: '/reset-password',
  invitation: '/accept-invitation',
} as const

export type LinkPurpose = keyof typeof LINK_PAGES

/** Such as `http://192.168.1.20:8080/reset-password#token=…`; `baseUrl` without a slash at its end. */
export const linkAddress = (baseUrl: string, purpose: LinkPurpose, secret: string): string =>
  `${baseUrl}${LINK_PAGES[purpose]}#token=${secret}`

// The headers of every page and every answer of the portal side. What is not allowed here by name is forbidden.
import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** `styleHashes`: the style sheets that stand inside our pages, as CSP source expressions. */
export function securityHeaders(styleHashes: readonly string[]): RequestHandler {
  // No upgrade-insecure-requests: it breaks a gateway on plain HTTP in a local network.
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${["'self'", ...styleHashes].join(' ')}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  const others = helmet({
    contentSecurityPolicy: false,
    // For the same reason: a browser that once saw it would refuse plain HTTP to this address.
    strictTransportSecurity: false,
    // Browsers ignore these two on plain HTTP, with an error in the console.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  })
  return (req, res, next) => {
    res.setHeader('content-security-policy', policy)
    res.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
    others(req, res, next)
  }
}

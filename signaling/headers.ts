// Security headers of every answer. The policy lets in what the build makes and nothing else: no inline script or
// style, no eval, no foreign host. It does not limit whom WebRTC connects to: no browser's policy can.

export interface PageContext {
  /** The request's Host header: the page's own sockets are named, since not every browser's 'self' covers ws. */
  readonly host: string | undefined
  readonly tls: boolean
}

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i

/** The headers that every answer has. */
export function securityHeaders(page: PageContext): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(page),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(page.tls ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  }
}

function contentSecurityPolicy({ host, tls }: PageContext): string {
  const own = host !== undefined && HOST.test(host) ? host : null
  const sockets = own === null ? '' : tls ? ` wss://${own}` : ` ws://${own} wss://${own}`
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

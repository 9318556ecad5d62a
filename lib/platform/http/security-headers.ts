/** Set in the environment of a process whose pages `server/pages.ts` guards. */
export const FRONT_DOOR = "ASSAY_INTERNAL_FRONT_DOOR";

/**
 * On every page. Nothing is loaded from another origin, and only scripts with this reply's nonce run (and what those
 * load); React and the charts set inline styles.
 *
 * @param options.nonce fresh for each reply, base64
 * @param options.isDevelopment React's development build evaluates code, to show where errors came from
 */
export function pageSecurityHeaders(options: { nonce: string; isDevelopment?: boolean }) {
  const evaluates = options.isDevelopment ? " 'unsafe-eval'" : "";
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${options.nonce}' 'strict-dynamic'${evaluates}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
  };
}

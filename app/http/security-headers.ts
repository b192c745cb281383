const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * The security headers of every answer (SPEC HTTP-17). A page may load its own style, script and
 * picture, ask this server, and nothing else; nobody may show it within another page.
 *
 * `httpsOnly` makes browsers refuse plain HTTP for a year, for this host alone: what else the hospital
 * runs beside this one is not ours to decide. Not for a server on somebody's desk, without a certificate.
 */
export const securityHeaders = (httpsOnly: boolean) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' as const },
  hsts: httpsOnly ? { maxAge: YEAR_SECONDS, includeSubDomains: false } : false,
});

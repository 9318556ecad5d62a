import type { OAuthConfig } from "next-auth/providers/oauth";
import type { OidcConfig } from "#lib/auth/oidc-config.ts";

type Profile = { sub: string } & { [claim: string]: unknown };

/** The name of the provider in next-auth's paths: `/api/auth/callback/oidc` is what is registered there. */
export const OIDC_PROVIDER = "oidc";

/**
 * next-auth's client: authorization code with PKCE, state and nonce. openid-client checks the ID token's signature,
 * issuer, audience, time and nonce, and that userinfo is about the same person.
 */
export function oidcProvider(config: OidcConfig): OAuthConfig<Profile> {
  return {
    id: OIDC_PROVIDER,
    name: config.name,
    type: "oauth",
    wellKnown: `${config.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    authorization: { params: { scope: config.scopes } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    httpOptions: { timeout: 10_000 },
    userinfo: {
      async request({ client, tokens }) {
        // openid-client's TokenSet, of which next-auth's type knows the fields only. It has been checked when it came.
        const read = tokens["claims"];
        if (typeof read !== "function") throw new Error("the provider sent no ID token");
        const claims: Profile = read.call(tokens);
        // Groups are often told there only.
        const hasUserinfo = client.issuer.metadata.userinfo_endpoint !== undefined;
        const info = hasUserinfo && tokens.access_token !== undefined ? await client.userinfo(tokens.access_token) : {};
        if ("sub" in info && info.sub !== claims.sub) throw new Error("userinfo is about somebody else");
        return { ...info, ...claims };
      },
    },
    // `profile` of the callbacks has every claim; this is only what next-auth itself wants of a user.
    profile: ({ sub }) => ({ id: sub }),
  };
}

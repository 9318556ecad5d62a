import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** What the provider tells of one of its people. */
interface ProviderAccount {
  email?: string;
  email_verified?: boolean;
  name?: string;
  groups?: string[];
}

export interface TestOidcProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** By the name that is typed at its sign-in; may be changed between sign-ins. */
  accounts: Map<string, ProviderAccount>;
  close(): Promise<void>;
}

/** A real OpenID Connect provider on loopback, with forms to sign in and to consent. */
export async function startOidcProvider(redirectUris: string[]): Promise<TestOidcProvider> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { clientId: "assay", clientSecret: "a-secret-of-the-client" };
  const accounts = new Map<string, ProviderAccount>();
  // It warns of what is meant for tests only.
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    const provider = new Provider(issuer, {
      clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: redirectUris }],
      scopes: ["openid", "email", "profile", "groups"],
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
      pkce: { required: () => true },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      features: { devInteractions: { enabled: true } },
      findAccount: (_ctx, id) => {
        const account = accounts.get(id);
        return account && { accountId: id, claims: async () => ({ sub: id, ...account }) };
      },
    });
    server.on("request", provider.callback());
  } finally {
    console.warn = warn;
    console.info = info;
  }
  return {
    ...{ issuer, ...client, accounts },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import type { Metadata } from "next";
import { KeysView } from "#app/(console)/settings/keys/_components/keys-view.tsx";
import { makerOf } from "#app/(console)/settings/keys/maker-of.ts";
import { loadKeySearch } from "#app/(console)/settings/search.ts";
import { listApiKeys } from "#lib/auth/list-api-keys.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";

export const metadata: Metadata = { title: "Keys" };

export default async function KeysPage({ searchParams }: PageProps<"/settings/keys">) {
  const ctx = await requireSession();
  const { q } = await loadKeySearch(searchParams);
  const [keys, maker] = await Promise.all([listApiKeys(ctx, q.trim() === "" ? {} : { q: q.trim() }), makerOf(ctx)]);
  return <KeysView keys={keys} maker={maker} ofProject={hasScope(ctx.actor.scopes, "admin")} />;
}

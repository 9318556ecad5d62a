import { Page } from "#app/_ui/page.tsx";
import { PeopleTable } from "#app/(console)/settings/people/_components/people-table.tsx";
import { loadListSearch } from "#app/(console)/settings/search.ts";
import { listUsers } from "#lib/auth/list-users.ts";
import { requireSession } from "#lib/auth/session.ts";

export default async function PeoplePage({ searchParams }: PageProps<"/settings/people">) {
  const ctx = await requireSession();
  const { q } = await loadListSearch(searchParams);
  const people = await listUsers(ctx, q.trim() === "" ? {} : { q });
  return (
    <Page
      title="People"
      lead="Everybody who has an account on this instance. People come in by an invitation to a project."
    >
      <PeopleTable people={people} q={q} me={ctx.actor.type === "user" ? ctx.actor.id : ""} />
    </Page>
  );
}

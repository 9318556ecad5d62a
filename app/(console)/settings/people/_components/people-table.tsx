"use client";
import { Check, ShieldCheck } from "lucide-react";
import { useQueryState } from "nuqs";
import { useState, useTransition } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { plural } from "#app/_ui/format.ts";
import { SearchField } from "#app/_ui/search-field.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { PersonMenu } from "#app/(console)/settings/people/_components/person-menu.tsx";
import { SessionsDialog } from "#app/(console)/settings/people/_components/sessions-dialog.tsx";
import { listSearch } from "#app/(console)/settings/search.ts";
import type { User } from "#lib/auth/schemas.ts";

const COLUMNS = [
  "Name",
  "E-mail",
  "Instance role",
  "Projects",
  "Second factor",
  "Signs in by",
  "Last sign-in",
  "Account",
  { name: "Actions", hidden: true },
];

/** `me` is the id of the one who looks. */
export function PeopleTable({ people, q, me }: { people: readonly User[]; q: string; me: string }) {
  const [loading, startTransition] = useTransition();
  const [, setQ] = useQueryState("q", listSearch.q.withOptions({ shallow: false, startTransition }));
  const [sessionsOf, setSessionsOf] = useState<User | null>(null);
  return (
    <div className="space-y-3">
      <SearchField
        label="Filter people by name or e-mail"
        placeholder="Name or e-mail"
        value={q}
        onChange={(text) => void setQ(text === "" ? null : text)}
      />
      {people.length === 0 ? (
        <EmptyState title="Nobody matches">
          <p>No account has “{q}” in its name or e-mail address.</p>
          <Button onClick={() => void setQ(null)}>Show everybody</Button>
        </EmptyState>
      ) : (
        <div className={cn(loading && "opacity-60")} aria-busy={loading}>
          <Table label="People" framed>
            <Head columns={COLUMNS} />
            <tbody>
              {people.map((person) => (
                <Tr key={person.id}>
                  <Td className="font-medium">
                    {person.name}
                    {person.id === me && <span className="ml-1.5 font-normal text-muted-foreground">(you)</span>}
                  </Td>
                  <Td>{person.email}</Td>
                  <Td>
                    {person.role === "admin" ? (
                      <Badge tone="accent" icon={<ShieldCheck aria-hidden />}>
                        admin
                      </Badge>
                    ) : (
                      "user"
                    )}
                  </Td>
                  <Td>{projectsOf(person)}</Td>
                  <Td>
                    {person.secondFactor ? (
                      <Badge tone="success" icon={<Check aria-hidden />}>
                        enrolled
                      </Badge>
                    ) : (
                      "–"
                    )}
                  </Td>
                  <Td>{person.signsInBy.map((way) => WAYS[way]).join(", ") || "–"}</Td>
                  <Td>{person.lastSignInAt === null ? "never" : <Time at={person.lastSignInAt} />}</Td>
                  <Td>{person.disabledAt === null ? "open" : <Badge tone="warning">disabled</Badge>}</Td>
                  <Td className="w-10 px-1">
                    <PersonMenu person={person} onSessions={() => setSessionsOf(person)} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      <p className="text-xs text-muted-foreground" aria-live="polite">
        {people.length === 1 ? "one person" : plural(people.length, "person", "people")}
      </p>
      {sessionsOf !== null && <SessionsDialog person={sessionsOf} onClose={() => setSessionsOf(null)} />}
    </div>
  );
}

const WAYS = { password: "password", oidc: "provider" } as const;

function projectsOf(person: User): string {
  if (person.role === "admin") return "all";
  if (person.memberships.length === 0) return "none";
  return person.memberships.map(({ projectId, role }) => `${projectId} (${role})`).join(", ");
}

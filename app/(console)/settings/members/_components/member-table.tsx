"use client";
import { Check } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { MemberMenu } from "#app/(console)/settings/members/_components/member-menu.tsx";
import type { Member } from "#lib/auth/schemas.ts";

const COLUMNS = [
  "Name",
  "E-mail",
  "Role",
  "Grants",
  "Second factor",
  "From",
  "Since",
  { name: "Actions", hidden: true },
];

const SOURCES: Record<Member["source"], string> = {
  manual: "this project",
  oidc: "provider's groups",
  instance: "admin of the instance",
};

export function MemberTable({ members, me }: { members: readonly Member[]; me: string }) {
  return (
    <Table label="Members" framed>
      <Head columns={COLUMNS} />
      <tbody>
        {members.map((member) => (
          <Tr key={member.userId}>
            <Td className="font-medium">
              {member.name}
              {member.userId === me && <span className="ml-1.5 font-normal text-muted-foreground">(you)</span>}
              {member.disabled && (
                <Badge tone="warning" className="ml-2">
                  disabled
                </Badge>
              )}
            </Td>
            <Td>{member.email ?? "–"}</Td>
            <Td>
              <Badge tone={member.role === "admin" ? "accent" : "neutral"}>{member.role}</Badge>
            </Td>
            <Td>{member.grants.length === 0 ? "–" : member.grants.join(", ")}</Td>
            <Td>
              {member.secondFactor ? (
                <Badge tone="success" icon={<Check aria-hidden />}>
                  enrolled
                </Badge>
              ) : (
                "–"
              )}
            </Td>
            <Td>{SOURCES[member.source]}</Td>
            <Td>
              <Time at={member.since} />
            </Td>
            <Td className="w-10 px-1">
              <MemberMenu member={member} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

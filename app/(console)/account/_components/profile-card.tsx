import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Fact, Table } from "#app/_ui/table.tsx";

interface ProfileCardProps {
  name: string;
  email: string;
  /** In the project of that name. */
  role: string;
  grants: readonly string[];
  project: string;
  /** False for people that only sign in through a provider. */
  hasPassword: boolean;
}

export function ProfileCard({ name, email, role, grants, project, hasPassword }: ProfileCardProps) {
  return (
    <Card
      title="You"
      flush
      aside={
        hasPassword && (
          <Button asChild size="sm">
            <Link href="/change-password">Change password</Link>
          </Button>
        )
      }
    >
      <Table label="You" className="text-sm">
        <tbody>
          <Fact name="Name">{name}</Fact>
          <Fact name="E-mail">{email}</Fact>
          <Fact name="Project">{project}</Fact>
          <Fact name="Role in it">{role}</Fact>
          <Fact name="Grants">{grants.length > 0 && grants.join(", ")}</Fact>
          <Fact name="Signs in by">{hasPassword ? "password" : "provider"}</Fact>
        </tbody>
      </Table>
    </Card>
  );
}

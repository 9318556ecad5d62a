import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import {
  ASKED_COLUMNS,
  AskedCells,
  STANDING_COLUMNS,
  StandingCells,
} from "#app/(console)/approvals/_components/request-cells.tsx";
import { actWords, newHref } from "#app/(console)/approvals/_components/words.ts";
import { listRequests } from "#lib/approvals/index.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";

/** Newest requests of the model among which this version's are looked for. */
const MOST = 200;

/** What was asked for about this version, and how it ended. */
export async function VersionApprovals({ ctx, name, of }: { ctx: Ctx; name: string; of: ModelVersion }) {
  const { version, stage } = of;
  const { items } = await listRequests(ctx, { model: name, limit: MOST });
  const requests = items.filter(({ modelVersion }) => modelVersion === version);
  if (requests.length === 0) {
    return (
      <EmptyState title="No approval was asked for">
        <p>Where a policy protects Production, a request collects the evidence about this version and the reviews.</p>
        {stage !== "Production" && hasScope(ctx.actor.scopes, "approvals:request") && (
          <Button asChild>
            <Link href={newHref({ modelName: name, version, target: "stage:Production" })}>
              Request approval for Production
            </Link>
          </Button>
        )}
      </EmptyState>
    );
  }
  return (
    <Table label="Approval requests" framed>
      <Head columns={["Request", ...STANDING_COLUMNS, ...ASKED_COLUMNS]} />
      <tbody>
        {requests.map((request) => (
          <Tr key={request.id} className="hover:bg-muted/60">
            <Td>
              <Link href={`/approvals/${request.id}`} className="font-medium underline-offset-2 hover:underline">
                {actWords({ modelName: name, version, target: request.target })}
              </Link>
            </Td>
            <StandingCells request={request} />
            <AskedCells request={request} />
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

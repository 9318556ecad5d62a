import Link from "next/link";
import type { ApprovalFact } from "#lib/record/schemas.ts";

/** On whose approval a move was made, as the end of a sentence. */
export function ApprovalWords({ approvalId, approval }: { approvalId: string | null; approval: ApprovalFact | null }) {
  if (approvalId === null) return <span className="text-muted-foreground">no approval was asked for</span>;
  const agreed = approval?.reviews.filter(({ decision }) => decision === "approve").map(({ label }) => label) ?? [];
  return (
    <>
      on{" "}
      <Link href={`/approvals/${approvalId}`} className="text-primary underline">
        {approval?.emergency === true ? "a break-glass" : "the approval"}
        {agreed.length > 0 && ` of ${agreed.join(" and ")}`}
      </Link>
      {approval !== null && `, asked for by ${approval.requestedByLabel}`}
    </>
  );
}

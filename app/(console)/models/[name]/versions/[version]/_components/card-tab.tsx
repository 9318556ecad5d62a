import { CardView } from "#app/(console)/models/[name]/versions/[version]/_components/card-view.tsx";
import { approvalFacts } from "#lib/api/approval-facts.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getCard } from "#lib/record/get-card.ts";

/** The model card: what the record knows, and what people wrote. */
export async function CardTab({ ctx, name, version }: { ctx: Ctx; name: string; version: number }) {
  const card = await getCard(ctx, { name, version }, approvalFacts);
  const file = (format: "md" | "pdf") =>
    `/api/models/${name}/versions/${version}/card?${new URLSearchParams({ format, project: ctx.projectId })}`;
  return <CardView card={card} files={{ md: file("md"), pdf: file("pdf") }} />;
}

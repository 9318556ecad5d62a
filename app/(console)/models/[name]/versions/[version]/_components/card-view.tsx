"use client";
import { Check, CircleDashed, Download } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { May, useMay } from "#app/_live/may.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { plural } from "#app/_ui/format.ts";
import { Time } from "#app/_ui/time.tsx";
import { CardEditor } from "#app/(console)/models/[name]/versions/[version]/_components/card-editor.tsx";
import { CardFacts, CardMetrics } from "#app/(console)/models/[name]/versions/[version]/_components/card-record.tsx";
import { CARD_TITLES } from "#lib/record/card-sections.ts";
import type { ModelCard } from "#lib/record/schemas.ts";
import { CARD_TEXTS } from "#lib/registry/card-schemas.ts";

/** A card in the sections of Mitchell et al. 2019. Whether it is being edited stands in the address. */
export function CardView({ card, files }: { card: ModelCard; files: { md: string; pdf: string } }) {
  const mayEdit = useMay("registry:write");
  const [wanted, setEditing] = useQueryState("edit", parseAsBoolean.withDefault(false));
  const editing = wanted && mayEdit;
  return (
    <div className="space-y-4">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <Completeness card={card} />
        <p className="mr-auto flex flex-wrap items-center gap-x-2 text-xs text-muted-foreground">
          {card.updatedBy !== null && card.updatedAt !== null && (
            <span>
              Written by {card.editors.map(({ label }) => label).join(", ")}, last <Time at={card.updatedAt} />
            </span>
          )}
          <span>Revision {card.revision}</span>
          <CopyId id={card.digest} label="digest of the card" />
        </p>
        <Button asChild>
          <a href={files.md} download>
            <Download aria-hidden />
            Markdown
          </a>
        </Button>
        <Button asChild>
          <a href={files.pdf} download>
            <Download aria-hidden />
            PDF
          </a>
        </Button>
        {!editing && (
          <May scope="registry:write">
            <Button variant="primary" onClick={() => void setEditing(true)}>
              Write the card
            </Button>
          </May>
        )}
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="min-w-0 space-y-4">
          {editing ? (
            <CardEditor card={card} onDone={() => void setEditing(null)} />
          ) : (
            <Card title="What people wrote">
              <dl className="space-y-4">
                {CARD_TEXTS.map((key) => (
                  <div key={key} className="space-y-1">
                    <dt className="font-semibold">{CARD_TITLES[key]}</dt>
                    <dd className="max-w-prose break-words whitespace-pre-wrap">
                      {card.texts[key].trim() === "" ? (
                        <span className="text-muted-foreground">Not written yet.</span>
                      ) : (
                        card.texts[key]
                      )}
                    </dd>
                  </div>
                ))}
              </dl>
            </Card>
          )}
          <CardMetrics card={card} />
        </div>
        <CardFacts card={card} />
      </div>
    </div>
  );
}

function Completeness({ card }: { card: ModelCard }) {
  const { complete, missing } = card.completeness;
  return complete ? (
    <Badge tone="success" icon={<Check aria-hidden />}>
      Complete
    </Badge>
  ) : (
    <Badge tone="warning" icon={<CircleDashed aria-hidden />} title={missing.map((key) => CARD_TITLES[key]).join(", ")}>
      {plural(missing.length, "section")} to write
    </Badge>
  );
}

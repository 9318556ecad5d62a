import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { AssessmentSummary } from "#lib/tracking/traces/trace-summary.ts";

/** What people, judges and programs hold of the trace. */
export function Assessments({ assessments }: { assessments: AssessmentSummary[] }) {
  return (
    <Card title="Assessments" flush>
      <Table label="Assessments">
        <Head columns={["Name", "Kind", "Value", { name: "Why", className: "w-full" }, "From", "When"]} />
        <tbody>
          {assessments.map((one) => (
            <Tr key={one.id}>
              <Td className="font-medium">
                {one.name} {!one.valid && <Badge>Overridden</Badge>}
              </Td>
              <Td>{one.kind === "feedback" ? "Feedback" : "Expectation"}</Td>
              <Td className="max-w-72 truncate font-mono" title={(one.error ?? one.value).slice(0, 1_000)}>
                {one.error === null ? one.value.slice(0, 1_000) : <span className="text-danger">{one.error}</span>}
              </Td>
              <Td className="max-w-96 truncate" title={one.rationale ?? undefined}>
                {one.rationale ?? "–"}
              </Td>
              <Td>{one.source}</Td>
              <Td>
                <Time at={one.at} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

import { Shield } from "lucide-react";
import Link from "next/link";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { count, figure, percent } from "#app/_ui/format.ts";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { championWeight, share } from "#app/(console)/deployments/_components/words.ts";
import { versionHref } from "#app/(console)/models/[name]/_components/hrefs.ts";
import type { Deployment, DeploymentActivity } from "#lib/serving/deployments/schemas.ts";

interface Row {
  role: "champion" | "challenger" | "shadow" | "no longer";
  version: number | null;
  part: string;
}

const TONES: Record<Row["role"], Tone> = {
  champion: "success",
  challenger: "warning",
  shadow: "accent",
  "no longer": "neutral",
};

/** Which versions answer and mirror, and what each did within a day. */
export function TrafficCard(props: { deployment: Deployment; activity: DeploymentActivity; isProtected: boolean }) {
  const { deployment, activity, isProtected } = props;
  const { modelName, generation } = deployment;
  return (
    <Card
      title="Traffic"
      aside={
        <span className="flex flex-wrap items-center gap-2 text-xs text-muted-foreground">
          {isProtected && (
            <Badge icon={<Shield aria-hidden />}>Production is protected: only approved versions answer</Badge>
          )}
          generation {generation}
        </span>
      }
      flush
    >
      <Table label="Traffic">
        <Head
          columns={[
            "Role",
            "Version",
            { name: "Share", number: true },
            { name: "Answers in 24 h", number: true },
            { name: "Mean confidence", number: true },
            { name: "Mean latency", number: true },
            { name: "Agrees with the answer", className: "w-full" },
          ]}
        />
        <tbody>
          {rowsOf(deployment, activity).map(({ role, version, part }) => {
            const did = activity.answers.find((one) => one.version === version);
            return (
              <Tr key={`${role}-${version}`}>
                <Td>
                  <Badge tone={TONES[role]}>{role}</Badge>
                </Td>
                <Td>
                  {version === null ? (
                    "nothing in Production"
                  ) : (
                    <Link href={versionHref(modelName, version)} className="text-primary underline">
                      version {version}
                    </Link>
                  )}
                </Td>
                <Td number>{part}</Td>
                <Td number>{role === "shadow" ? "–" : count(did?.answers ?? 0)}</Td>
                <Td number>{percent(did?.meanConfidence, 1)}</Td>
                <Td number>{did === undefined ? "–" : `${figure(did.meanLatencyMs)} ms`}</Td>
                <Td>{role === "shadow" ? agreementOf(deployment, activity, version) : "–"}</Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
    </Card>
  );
}

function rowsOf({ traffic, productionVersion }: Deployment, { answers }: DeploymentActivity): Row[] {
  const champion = traffic.champion === "Production" ? productionVersion : traffic.champion;
  const inForce: Row[] = [
    { role: "champion", version: champion, part: share(championWeight(traffic)) },
    ...traffic.challengers.map(({ version, weight }): Row => ({ role: "challenger", version, part: share(weight) })),
    ...traffic.shadows.map(
      (one): Row => ({ role: "shadow", version: one.version, part: `${share(one.share)} mirrored` }),
    ),
  ];
  const answering = new Set(inForce.filter(({ role }) => role !== "shadow").map(({ version }) => version));
  const before = answers.filter(({ version }) => !answering.has(version));
  return [...inForce, ...before.map(({ version }): Row => ({ role: "no longer", version, part: "–" }))];
}

/** Of the table in force, or of the newest that the shadow was in. */
function agreementOf(deployment: Deployment, { shadows }: DeploymentActivity, version: number | null): string {
  const counts =
    shadows.find((one) => one.version === version && one.generation === deployment.generation) ??
    shadows.find((one) => one.version === version);
  if (counts === undefined) return "not asked yet";
  const { agreed, differed, failed, shed } = counts;
  const compared = agreed + differed;
  return [
    compared === 0 ? "none compared" : `${percent(agreed / compared)} of ${count(compared)}`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(shed > 0 ? [`${count(shed)} left out while busy`] : []),
  ].join(", ");
}

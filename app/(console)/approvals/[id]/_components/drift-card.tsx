"use client";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { figure, percent } from "#app/_ui/format.ts";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import type { TrainingDrift } from "#lib/approvals/evidence/schemas.ts";

/** Under the first mark little has moved, over the second much: the usual reading of a population stability index. */
const MARKS = [0.1, 0.25] as const;

/** How the training images of both versions differ. */
export function DriftCard(props: {
  drift: TrainingDrift | null;
  missing: string | null;
  versions: [candidate: number, champion: number];
}) {
  const { drift, missing, versions } = props;
  const [candidate, champion] = versions;
  if (drift === null) {
    return (
      <Card title="Drift of the training data">
        <p className="text-muted-foreground">Not compared: {missing ?? "a training set is not known"}.</p>
      </Card>
    );
  }
  const measures = [
    { name: "Digits", psi: drift.classPsi, what: "how often each digit occurs" },
    { name: "Ink", psi: drift.ink.psi, what: "share of pixels that are written on" },
    { name: "Brightness", psi: drift.brightness.psi, what: "how strongly it is written" },
  ];
  const most = Math.max(0.35, ...measures.map(({ psi }) => psi * 1.15));
  return (
    <Card
      title="Drift of the training data"
      aside={drift.sameData && <Badge tone="success">the same data</Badge>}
      flush
    >
      <ul className="space-y-4 p-4">
        {measures.map((measure) => (
          <PsiBar key={measure.name} {...measure} most={most} />
        ))}
      </ul>
      <Table label="Training data of both versions" className="border-t border-border">
        <Head
          columns={[
            "Measure",
            { name: `Version ${candidate}`, number: true },
            { name: `Version ${champion}`, number: true },
            { name: "KS", number: true },
            { name: "KS p", number: true },
          ]}
        />
        <tbody>
          {drift.candidateShares.map((share, digit) => (
            <Tr key={`share-${String(digit)}`}>
              <Td>Share of digit {digit}</Td>
              <Td number>{percent(share)}</Td>
              <Td number>{percent(drift.championShares[digit])}</Td>
              <Td number>–</Td>
              <Td number>–</Td>
            </Tr>
          ))}
          {(["ink", "brightness"] as const).map((name) => (
            <Tr key={name}>
              <Td>{name === "ink" ? "Mean ink" : "Mean brightness"}</Td>
              <Td number>{percent(drift[name].candidateMean)}</Td>
              <Td number>{percent(drift[name].championMean)}</Td>
              <Td number>{figure(drift[name].ks)}</Td>
              <Td number>{figure(drift[name].ksP)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function PsiBar({ name, psi, what, most }: { name: string; psi: number; what: string; most: number }) {
  const reading = readingOf(psi);
  const at = (value: number) => `${(value / most) * 100}%`;
  return (
    <li>
      <p className="flex flex-wrap items-center justify-between gap-x-3">
        <span>
          <span className="font-medium">{name}</span> <span className="text-muted-foreground">{what}</span>
        </span>
        <span className="tabular flex items-center gap-2">
          PSI {figure(psi)} <Badge tone={reading.tone}>{reading.word}</Badge>
        </span>
      </p>
      <svg
        role="img"
        aria-label={`${name}: PSI ${figure(psi)}, ${reading.word}`}
        className="mt-1 block h-7 w-full"
        fontSize="10"
      >
        <rect y="2" width="100%" height="10" rx="2" fill="var(--muted)" />
        <rect y="2" width={at(psi)} height="10" rx="2" fill="var(--chart-1)" />
        {MARKS.map((mark) => (
          <g key={mark}>
            <line x1={at(mark)} x2={at(mark)} y1="0" y2="15" stroke="var(--foreground)" />
            <text x={at(mark)} y="26" textAnchor="middle" fill="var(--muted-foreground)">
              {mark}
            </text>
          </g>
        ))}
      </svg>
    </li>
  );
}

function readingOf(psi: number): { word: string; tone: Tone } {
  if (psi < MARKS[0]) return { word: "little", tone: "success" };
  return psi <= MARKS[1] ? { word: "some", tone: "warning" } : { word: "much", tone: "danger" };
}

"use client";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#app/_ui/tabs.tsx";
import { RunForm } from "#app/(console)/runs/new/_components/run-form.tsx";
import { StrategyForm } from "#app/(console)/runs/new/_components/strategy-form.tsx";
import type { Strategy } from "#lib/training/schemas.ts";

const KINDS = ["strategy", "run"] as const;

export function NewRun({ strategies, experiments }: { strategies: Strategy[]; experiments: string[] }) {
  const [kind, setKind] = useQueryState("kind", parseAsStringLiteral(KINDS).withDefault("strategy"));
  return (
    <Tabs value={kind} onValueChange={(next) => void setKind(next === "run" ? "run" : "strategy")}>
      <TabsList aria-label="What to start">
        <TabsTrigger value="strategy">A strategy</TabsTrigger>
        <TabsTrigger value="run">A single run</TabsTrigger>
      </TabsList>
      <TabsContent value="strategy">
        <StrategyForm strategies={strategies} experiments={experiments} />
      </TabsContent>
      <TabsContent value="run">
        <RunForm experiments={experiments} />
      </TabsContent>
    </Tabs>
  );
}

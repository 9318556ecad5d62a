import Link from "next/link";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { factWords, KIND_WORDS, lineageHref, nodeHref } from "#app/(console)/lineage/_components/words.ts";
import type { LineageGraph } from "#lib/record/schemas.ts";

/** The same things as a list, nearest first. */
export function NodeTable({ graph }: { graph: LineageGraph }) {
  return (
    <Table label="Everything in the lineage" framed>
      <Head
        columns={[
          "Kind",
          "Name",
          { name: "Facts", className: "w-full" },
          { name: "Steps away", number: true },
          "From there",
        ]}
      />
      <tbody>
        {graph.nodes.map((node) => (
          <Tr key={node.id}>
            <Td>{KIND_WORDS[node.kind]}</Td>
            <Td className="max-w-72 truncate" title={node.label}>
              <Link href={nodeHref(node)} className="font-medium underline-offset-2 hover:underline">
                {node.label}
              </Link>
            </Td>
            <Td>{factWords(node) || "–"}</Td>
            <Td number>{node.distance}</Td>
            <Td>
              {node.kind === "approval" || node.id === graph.from ? (
                "–"
              ) : (
                <Link href={lineageHref(node.id)} className="text-primary underline">
                  lineage<span className="sr-only"> of {node.label}</span>
                </Link>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

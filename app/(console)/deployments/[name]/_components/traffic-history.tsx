import { ActorName, ActorNamesProvider } from "#app/_ui/actor-name.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { trafficWords } from "#app/(console)/deployments/_components/words.ts";
import type { ActorNames } from "#lib/auth/name-actors.ts";
import type { TrafficChange } from "#lib/serving/deployments/schemas.ts";

/** The newest tables, with who wrote them and why. */
export function TrafficHistoryCard(props: { changes: TrafficChange[]; actors: ActorNames; hasMore: boolean }) {
  const { changes, actors, hasMore } = props;
  return (
    <Card title="Changes of traffic" flush>
      {changes.length === 0 ? (
        <p className="p-4 text-muted-foreground">None yet: what is in Production answers.</p>
      ) : (
        <ActorNamesProvider names={actors}>
          <Table label="Changes of traffic">
            <Head
              columns={[
                { name: "Generation", number: true },
                { name: "Table", className: "w-full" },
                "When",
                "Who",
                "Why",
              ]}
            />
            <tbody>
              {changes.map(({ generation, traffic, actor, reason, at }) => (
                <Tr key={generation}>
                  <Td number>{generation}</Td>
                  <Td className="min-w-48 py-1.5 whitespace-normal">{trafficWords(traffic)}</Td>
                  <Td>
                    <Time at={at} />
                  </Td>
                  <Td>
                    <ActorName actor={actor} />
                  </Td>
                  <Td className="min-w-32 py-1.5 break-words whitespace-normal">{reason === "" ? "–" : reason}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </ActorNamesProvider>
      )}
      {hasMore && (
        <p className="border-t border-border p-4 text-xs text-muted-foreground">
          Older ones: <code>GET /api/deployments/…/traffic</code>
        </p>
      )}
    </Card>
  );
}

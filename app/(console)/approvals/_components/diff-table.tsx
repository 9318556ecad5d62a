import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { changesBetween } from "#app/(console)/approvals/_components/diff.ts";
import { fieldWords } from "#app/(console)/approvals/_components/field-words.ts";

/** Two values field by field, only what differs; without `before` all of `after`. */
export function DiffTable({ label, before, after }: { label: string; before?: unknown; after: unknown }) {
  const changes = changesBetween(before, after);
  if (changes.length === 0) return <p className="p-4 text-muted-foreground">Nothing differs.</p>;
  const isNew = before === undefined;
  return (
    <Table label={label}>
      <Head columns={isNew ? ["Field", { name: "Value", className: "w-full" }] : ["Field", "Before", "After"]} />
      <tbody>
        {changes.map(({ field, before: old, after: now }) => (
          <Tr key={field}>
            <Td title={field}>{fieldWords(field)}</Td>
            {!isNew && <Cell text={old} />}
            <Cell text={now} />
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Cell({ text }: { text: string | null }) {
  return (
    <Td title={text ?? undefined} className="max-w-56 truncate font-mono">
      {text === null ? <span className="text-muted-foreground">not there</span> : text === "" ? "none" : text}
    </Td>
  );
}

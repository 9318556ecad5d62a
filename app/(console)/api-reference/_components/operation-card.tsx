import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import { cn } from "#app/_ui/cn.ts";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { Table, Td, Th, Tr } from "#app/_ui/table.tsx";
import type { Operation, Reply } from "#app/(console)/api-reference/_components/operations.ts";
import type { Field } from "#app/(console)/api-reference/_components/schema.ts";

const TONES: Record<string, Tone> = {
  GET: "accent",
  POST: "success",
  PUT: "warning",
  PATCH: "warning",
  DELETE: "danger",
};

/**
 * One operation: a line that leads to everything about it, which only the open one carries. All of them together would be
 * a page of several megabytes.
 */
export function OperationCard({ operation, open }: { operation: Operation; open: boolean }) {
  const { id, method, path, summary } = operation;
  return (
    <div id={id} className="scroll-mt-4 border-b border-border last:border-b-0">
      <Link
        href={open ? "/api-reference" : `/api-reference?operation=${encodeURIComponent(id)}`}
        scroll={false}
        prefetch={false}
        aria-expanded={open}
        className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 hover:bg-muted"
      >
        <ChevronRight className={cn("size-4 text-muted-foreground", open && "rotate-90")} aria-hidden />
        <Badge tone={TONES[method] ?? "neutral"} className="w-16 justify-center">
          {method}
        </Badge>
        <code className="text-xs break-all">{path}</code>
        <span className="text-muted-foreground">{summary}</span>
      </Link>
      {open && <Details operation={operation} />}
    </div>
  );
}

function Details({ operation }: { operation: Operation }) {
  const { method, path, description, access, parameters, body, replies, curl } = operation;
  return (
    <div className="space-y-4 border-t border-border px-4 py-4">
      {description !== undefined && <p className="max-w-3xl">{description}</p>}
      <p className="text-muted-foreground">Needs: {access}.</p>
      {parameters.length > 0 && (
        <Part title="Parameters">
          <Fields label={`Parameters of ${method} ${path}`} fields={parameters} />
        </Part>
      )}
      {body !== undefined && (
        <Part title="Body">
          <Fields label={`Body of ${method} ${path}`} fields={body.fields} />
        </Part>
      )}
      <Part title="Reply">
        {replies.map((reply) => (
          <ReplyPart key={`${reply.status} ${reply.mediaType}`} reply={reply} label={`${method} ${path}`} />
        ))}
      </Part>
      <Part title="Example">
        <CodeBlock code={curl} label={`curl for ${method} ${path}`} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="space-y-2">
      <h3 className="text-xs font-semibold text-muted-foreground">{title}</h3>
      {children}
    </div>
  );
}

function ReplyPart({ reply, label }: { reply: Reply; label: string }) {
  return (
    <div className="space-y-2">
      <p>
        <strong className="font-medium">{reply.status}</strong>{" "}
        <span className="text-muted-foreground">
          {reply.mediaType === undefined ? "without a body" : `${reply.mediaType}, ${reply.type}`}
        </span>
      </p>
      {reply.fields.length > 0 && <Fields label={`Reply ${reply.status} of ${label}`} fields={reply.fields} isReply />}
    </div>
  );
}

function Fields(props: { label: string; fields: (Field & { place?: string })[]; isReply?: boolean }) {
  const { label, fields, isReply = false } = props;
  return (
    <div className="rounded-md border border-border">
      <Table label={label}>
        <thead>
          <Tr>
            <Th>Field</Th>
            <Th>Type</Th>
            <Th>{isReply ? "Always there" : "Required"}</Th>
            <Th>Notes</Th>
          </Tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <Tr key={field.path}>
              <Td>
                <code>{field.path}</code>
                {field.place !== undefined && <span className="text-muted-foreground"> in {field.place}</span>}
              </Td>
              <Td className="max-w-80 whitespace-normal">{field.type}</Td>
              <Td>{field.required ? "yes" : "no"}</Td>
              <Td className="min-w-60 whitespace-normal text-muted-foreground">{field.note}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

import type { Metadata } from "next";
import { headers } from "next/headers";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { Page } from "#app/_ui/page.tsx";
import { OperationCard } from "#app/(console)/api-reference/_components/operation-card.tsx";
import { type Document, groupsOf } from "#app/(console)/api-reference/_components/operations.ts";
import { apiDocument } from "#lib/api/document.ts";
import { apiRoutes } from "#lib/api/routes.ts";
import { requireSession } from "#lib/auth/session.ts";

export const metadata: Metadata = { title: "API reference" };

const ERROR = `{
  "error": {
    "code": "invalid",
    "message": "The body is not valid: nme: unknown field",
    "details": [{ "field": "nme", "problem": "unknown field", "remedy": "Remove it, or check its spelling in /api-reference." }],
    "requestId": "req_…"
  }
}`;

export default async function ApiReferencePage({ searchParams }: PageProps<"/api-reference">) {
  await requireSession();
  const { operation: shown } = await searchParams;
  const sent = await headers();
  const origin = `${sent.get("x-forwarded-proto") ?? "http"}://${sent.get("x-forwarded-host") ?? sent.get("host")}`;
  // What programs read at /api/openapi.json is what people read here.
  const document: Document = JSON.parse(JSON.stringify(apiDocument(apiRoutes)));
  const groups = groupsOf(document, origin);
  return (
    <Page
      title="API reference"
      lead={
        <>
          Version {document.info.version}. For programs:{" "}
          <a className="underline" href="/api/openapi.json">
            /api/openapi.json
          </a>{" "}
          (OpenAPI 3.1).
        </>
      }
    >
      <section aria-labelledby="basics" className="max-w-3xl space-y-3">
        <h2 id="basics" className="text-lg font-semibold">
          Keys, limits and errors
        </h2>
        <p>
          Send an API key as <code>Authorization: Bearer ask_…</code>, or as the password of Basic. An admin makes keys
          with <code>POST /api/keys</code>. Without a key an address has 60 requests a second; with one there is no
          limit. Bodies are JSON of at most 10 MB. Every reply carries an <code>X-Request-Id</code>; send your own to
          find it again in the logs.
        </p>
        <CodeBlock label="the form of an error" code={ERROR} />
      </section>
      <nav aria-label="Groups" className="flex flex-wrap gap-2">
        {groups.map(({ tag, operations }) => (
          <a
            key={tag}
            href={`#${slug(tag)}`}
            className="rounded-md border border-border bg-card px-2 py-1 hover:bg-muted"
          >
            {tag} <span className="text-muted-foreground">{operations.length}</span>
          </a>
        ))}
      </nav>
      {groups.map(({ tag, operations }) => (
        <section key={tag} aria-labelledby={slug(tag)} className="space-y-2">
          <h2 id={slug(tag)} className="scroll-mt-4 text-lg font-semibold">
            {tag}
          </h2>
          <div className="rounded-lg border border-border bg-card">
            {operations.map((operation) => (
              <OperationCard key={operation.id} operation={operation} open={operation.id === shown} />
            ))}
          </div>
        </section>
      ))}
    </Page>
  );
}

function slug(tag: string): string {
  return `group-${tag.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

"use client";
import { Download } from "lucide-react";
import { CopyId } from "#app/_ui/copy.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { bytes } from "#app/_ui/format.ts";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { TrainedRun } from "#lib/training/schemas.ts";

const href = (id: string, path: string) =>
  `/api/runs/${id}/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`;

/** The files that the run left behind; each name downloads its bytes. */
export function RunArtifacts({ run }: { run: TrainedRun }) {
  if (run.artifacts.length === 0) {
    return (
      <EmptyState title="No artifacts yet">
        <p>The model (ONNX and TensorFlow.js), the curves and the summary are stored when the run has finished.</p>
      </EmptyState>
    );
  }
  return (
    <Table label="Artifacts" framed>
      <Head columns={["File", { name: "Size", number: true }, "Type", "SHA-256", "Stored"]} />
      <tbody>
        {run.artifacts.map((artifact) => (
          <Tr key={artifact.path}>
            <Td>
              <a
                href={href(run.id, artifact.path)}
                download
                className="inline-flex items-center gap-1.5 font-mono text-primary hover:underline"
              >
                <Download className="size-3.5" aria-hidden />
                {artifact.path}
              </a>
            </Td>
            <Td number>{bytes(artifact.sizeBytes)}</Td>
            <Td>{artifact.mediaType}</Td>
            <Td>
              <CopyId id={artifact.digest} label={`digest of ${artifact.path}`} />
            </Td>
            <Td>
              <Time at={artifact.createdAt} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

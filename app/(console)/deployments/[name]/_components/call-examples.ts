/** A call of a deployment in three languages, each to be run as it is. */
export interface CallExample {
  id: "curl" | "python" | "typescript";
  label: string;
  code: string;
}

/** @param image base64 of a PNG; null: the reader brings a file */
export function callExamples(of: {
  address: string;
  name: string;
  needsKey: boolean;
  image: string | null;
}): CallExample[] {
  const { needsKey, image } = of;
  const url = `${of.address}/predict/${of.name}`;
  const curl = [
    `curl -s ${url} \\`,
    ...(needsKey ? ['  -H "Authorization: Bearer $ASSAY_KEY" \\'] : []),
    "  -H 'Content-Type: application/json' -H 'X-Assay-Unit: user-1' \\",
    image === null ? `  -d '{"image":"'"$(base64 -w0 seven.png)"'"}'` : `  -d '{"image":"${image}"}'`,
  ];
  const python = [
    ...(needsKey ? ["import os"] : []),
    ...(image === null ? ["import base64"] : []),
    "import requests",
    "",
    image === null ? 'image = base64.b64encode(open("seven.png", "rb").read()).decode()' : `image = "${image}"`,
    'headers = {"X-Assay-Unit": "user-1"}',
    ...(needsKey ? ['headers["Authorization"] = "Bearer " + os.environ["ASSAY_KEY"]'] : []),
    `reply = requests.post("${url}", json={"image": image}, headers=headers)`,
    "reply.raise_for_status()",
    'print(reply.json()["prediction"])',
  ];
  const typescript = [
    ...(image === null ? ['import { readFileSync } from "node:fs";', ""] : []),
    image === null ? 'const image = readFileSync("seven.png").toString("base64");' : `const image = "${image}";`,
    `const reply = await fetch("${url}", {`,
    '  method: "POST",',
    "  headers: {",
    '    "Content-Type": "application/json",',
    '    "X-Assay-Unit": "user-1",',
    ...(needsKey ? ['    Authorization: "Bearer " + process.env.ASSAY_KEY,'] : []),
    "  },",
    "  body: JSON.stringify({ image }),",
    "});",
    "if (!reply.ok) throw new Error(await reply.text());",
    "console.log((await reply.json()).prediction);",
  ];
  return [
    { id: "curl", label: "curl", code: curl.join("\n") },
    { id: "python", label: "Python", code: python.join("\n") },
    { id: "typescript", label: "TypeScript", code: typescript.join("\n") },
  ];
}

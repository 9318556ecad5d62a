#!/usr/bin/env node
import { parseArgs } from "node:util";
import { anchorFile, recordRestore } from "./lib/audit-anchors.mjs";
import { exportAudit } from "./lib/audit-export.mjs";
import { publicKeys } from "./lib/audit-key.mjs";
import { pruneAudit } from "./lib/audit-prune.mjs";
import { verifyDatabase } from "./lib/audit-run.mjs";
import { printReports } from "./lib/audit-verify.mjs";
import { run } from "./lib/console.mjs";
import { databaseUrl } from "./lib/database-url.mjs";
import { loadEnvFile } from "./lib/env-file.mjs";
import { Failure } from "./lib/failure.mjs";
import { places, resolvePath } from "./lib/paths.mjs";
import { connect } from "./lib/pg-roles.mjs";

const USAGE = `npm run audit -- verify [--from-anchor] [--chain project:default] [--json] [--key old-public-key.pem]
npm run audit -- export --out folder [--chain …] [--with-personal]
npm run audit -- prune [--months 24]          as the owner's role: MIGRATE_DATABASE_URL
npm run audit -- restored [--backup name]     after a backup was put back by other means than npm run migrate`;

/** `npm run audit`: what an operator or an auditor does with the record, with or without a running Assay. */
run(async () => {
  loadEnvFile();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "from-anchor": { type: "boolean", default: false },
      "with-personal": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      chain: { type: "string" },
      out: { type: "string" },
      months: { type: "string" },
      backup: { type: "string", default: "" },
      key: { type: "string", multiple: true, default: [] },
    },
  });
  const command = positionals[0] ?? "";
  if (!["verify", "export", "prune", "restored"].includes(command)) throw new Failure("Which command?", USAGE);
  const { home } = places();
  const keys = publicKeys({ home, files: values.key.map((file) => resolvePath(file)) });
  const isReader = command === "verify" || command === "export";
  const database = await databaseUrl({ home, role: isReader ? "app" : "owner" });
  const client = await connect(database.url);
  try {
    await requireTables(client);
    if (command === "verify") {
      await verifyCommand(client, { home, keys, chain: values.chain, fromAnchor: values["from-anchor"] }, values.json);
    } else if (command === "export") {
      if (!values.out) throw new Failure("Where to?", USAGE);
      const folder = resolvePath(values.out);
      const done = await exportAudit(client, {
        folder,
        home,
        keys,
        chain: values.chain,
        withPersonal: values["with-personal"],
      });
      console.log(`${done.events} events of ${done.chains} chains. Verify them with: node ${folder}/verify.mjs`);
    } else if (command === "prune") {
      const months = Number(values.months ?? (process.env["ASSAY_AUDIT_RETENTION_MONTHS"] || 24));
      const pruned = await pruneAudit(client, { home, keys, months });
      for (const { chain, fromSeq, toSeq, events } of pruned) {
        console.log(`${chain}: ${events} events removed (${fromSeq} to ${toSeq})`);
      }
      if (pruned.length === 0) console.log(`Nothing is older than ${months} months and anchored.`);
    } else {
      await client.query("BEGIN");
      const chains = await recordRestore(client, { anchors: anchorFile(home), backup: values.backup });
      await client.query("COMMIT");
      console.log(`${chains} chains say now that a backup was put back.`);
    }
  } finally {
    await client.end();
    await database.close();
  }
});

/** @param {import("pg").Client} client */
async function requireTables(client) {
  const { rows } = await client.query("SELECT to_regclass('audit_tombstone') IS NOT NULL AS present");
  if (!rows[0]?.present) {
    throw new Failure(
      "This database holds no audit log of this version yet.",
      "npm start (or npm run migrate) makes it.",
    );
  }
}

/**
 * @param {import("pg").Client} client
 * @param {Parameters<typeof verifyDatabase>[1]} options
 * @param {boolean} asJson
 */
async function verifyCommand(client, options, asJson) {
  const report = await verifyDatabase(client, options);
  if (asJson) console.log(JSON.stringify(report, null, 2));
  else {
    printReports(report.chains, (line) => console.log(line));
    const rate = Math.round((report.events / Math.max(1, report.durationMs)) * 1_000);
    console.log(`${report.events} events, ${report.anchors} anchors, ${report.durationMs} ms (${rate} events/s)`);
    if (report.anchors === 0) {
      console.log("There are no anchors: that the newest events were cut off could not be seen.");
    }
  }
  if (!report.ok) process.exitCode = 1;
}

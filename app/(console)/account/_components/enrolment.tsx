"use client";
import Image from "next/image";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { call } from "#app/_live/api.ts";
import { useProof } from "#app/_live/use-proof.tsx";
import { useSubmit } from "#app/_live/use-submit.ts";
import { Button } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { RecoveryCodes, SecondFactorOffer } from "#lib/auth/second-factor-schemas.ts";

/** Three steps: begin (with a proof of who one is), scan and confirm, keep the recovery codes. */
export function Enrolment({ onDone }: { onDone(): void }) {
  const router = useRouter();
  const [offer, setOffer] = useState<SecondFactorOffer | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { withProof, proof } = useProof();
  const begin = useSubmit([]);
  const confirm = useSubmit(["code"]);

  if (codes !== null) return <Codes codes={codes} onDone={onDone} />;
  if (offer === null) {
    const ask = begin.submit(async () => {
      setOffer(await withProof(() => call("POST", "/api/second-factor", { reply: SecondFactorOffer })));
    });
    return (
      <>
        <form onSubmit={ask} className="space-y-3">
          <p className="text-muted-foreground">
            You need an authenticator app, such as Aegis, FreeOTP, 1Password or Google Authenticator. The app needs no
            connection.
          </p>
          <FormFault>{begin.faults[""]}</FormFault>
          <FormButtons action="Show the QR code" working="Making a secret…" busy={begin.busy} onCancel={onDone} />
        </form>
        {proof}
      </>
    );
  }
  const check = confirm.submit(async (form) => {
    const body = { code: String(form.get("code")).replaceAll(" ", "") };
    const reply = await withProof(() => call("POST", "/api/second-factor/confirm", { body, reply: RecoveryCodes }));
    setCodes(reply.recoveryCodes);
    router.refresh();
  });
  return (
    <>
      <form onSubmit={check} className="space-y-4">
        <p>Scan this with the app, or type the secret into it.</p>
        <Image
          unoptimized
          src={`data:image/svg+xml,${encodeURIComponent(offer.qrSvg)}`}
          alt="QR code of the secret"
          width={208}
          height={208}
          className="mx-auto rounded-md bg-white"
        />
        <CodeBlock code={offer.secret} label="secret" />
        <Field id="enrol-code" label="Code that the app shows" error={confirm.faults["code"] ?? confirm.faults[""]}>
          <Input
            id="enrol-code"
            name="code"
            required
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]{6,7}"
            title="six digits"
            className="font-mono"
            aria-describedby={describedBy("enrol-code")}
            aria-invalid={Object.keys(confirm.faults).length > 0}
          />
        </Field>
        <FormButtons action="Confirm" working="Checking…" busy={confirm.busy} onCancel={onDone} />
      </form>
      {proof}
    </>
  );
}

function Codes({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  return (
    <div className="space-y-3">
      <p role="status">
        The second factor is on. Keep these recovery codes where you keep passwords: each lets you in once without the
        app, and they are <strong>not shown again</strong>.
      </p>
      <CodeBlock code={codes.join("\n")} label="recovery codes" />
      <div className="flex justify-end">
        <Button variant="primary" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}

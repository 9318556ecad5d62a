"use client";
import { KeyRound, X } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useState, useTransition } from "react";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { Dialog } from "#app/_ui/dialog.tsx";
import { plural } from "#app/_ui/format.ts";
import { Select } from "#app/_ui/input.tsx";
import { Page } from "#app/_ui/page.tsx";
import { SearchField } from "#app/_ui/search-field.tsx";
import { CreateKey } from "#app/(console)/settings/keys/_components/create-key.tsx";
import { KeyTable } from "#app/(console)/settings/keys/_components/key-table.tsx";
import { NoKeys } from "#app/(console)/settings/keys/_components/no-keys.tsx";
import { holds } from "#app/(console)/settings/keys/key-state.ts";
import { LEAD } from "#app/(console)/settings/keys/lead.ts";
import type { KeyMaker } from "#app/(console)/settings/keys/maker-of.ts";
import { keySearch } from "#app/(console)/settings/search.ts";
import type { ApiKeySummary } from "#lib/auth/schemas.ts";

/** `ofProject`: the list has everybody's keys, as an admin sees it. */
export function KeysView(props: { keys: readonly ApiKeySummary[]; maker: KeyMaker; ofProject: boolean }) {
  const { keys, maker, ofProject } = props;
  const [creating, setCreating] = useState(false);
  const [loading, startTransition] = useTransition();
  const [{ q, show, owner }, setSearch] = useQueryStates(keySearch, { shallow: false, startTransition });
  const shown = keys.filter((key) => (show === "all" || holds(key)) && (owner === "" || key.owner?.id === owner));
  const ownerName = maker.accounts.find(({ id }) => id === owner)?.name ?? owner;
  const filtered = q !== "" || owner !== "" || keys.length > 0;
  return (
    <Page
      title="Keys"
      lead={LEAD}
      actions={
        <Button variant="primary" onClick={() => setCreating(true)}>
          <KeyRound aria-hidden />
          New key
        </Button>
      }
    >
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Filter keys by name or how they begin"
          placeholder="Name or ask_…"
          value={q}
          onChange={(text) => void setSearch({ q: text === "" ? null : text })}
        />
        {owner !== "" && (
          <Button
            size="sm"
            onClick={() => void setSearch({ owner: null })}
            aria-label={`Not only keys of ${ownerName}`}
          >
            of {ownerName}
            <X aria-hidden />
          </Button>
        )}
        <Select
          aria-label="Which keys"
          className="w-auto sm:ml-auto"
          value={show}
          onChange={(event) => void setSearch({ show: event.target.value === "all" ? "all" : null })}
        >
          <option value="open">Keys that hold</option>
          <option value="all">All keys</option>
        </Select>
      </div>
      {shown.length === 0 ? (
        <NoKeys
          filtered={filtered}
          onClear={() => void setSearch({ q: null, owner: null, show: "all" })}
          onCreate={() => setCreating(true)}
        />
      ) : (
        <div className={cn(loading && "opacity-60")} aria-busy={loading}>
          <KeyTable keys={shown} showOwner={ofProject} />
        </div>
      )}
      <p className="text-xs text-muted-foreground" aria-live="polite">
        {plural(shown.length, "key")}
      </p>
      <Dialog
        wide
        open={creating}
        onOpenChange={setCreating}
        title="New key"
        description="It holds in this project only. Give it as little as its work needs."
      >
        <CreateKey maker={maker} onDone={() => setCreating(false)} />
      </Dialog>
    </Page>
  );
}

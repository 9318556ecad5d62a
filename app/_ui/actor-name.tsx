"use client";
import { createContext, useContext } from "react";
import type { ActorNames } from "#lib/auth/name-actors.ts";

const Names = createContext<ActorNames>({});

/** The names that `nameActors` found, for every `ActorName` below. */
export function ActorNamesProvider({ names, children }: { names: ActorNames; children: React.ReactNode }) {
  return <Names value={names}>{children}</Names>;
}

/** Who did something: the name, else the id as the records have it, cut short (`user:usr_Zk3…`); the whole id on hover. */
export function ActorName({ actor }: { actor: string }) {
  const name = useContext(Names)[actor];
  return name === undefined ? (
    <span title={actor} className="inline-block max-w-[18ch] truncate align-bottom font-mono">
      {actor}
    </span>
  ) : (
    <span title={`${name}, ${actor}`}>{name}</span>
  );
}

/** Who did something, as the records name it (`user:usr_…`, `system:quickstart`); cut at 18 characters, whole on hover. */
export function ActorName({ actor }: { actor: string }) {
  return (
    <span title={actor} className="inline-block max-w-[18ch] truncate align-bottom font-mono">
      {actor}
    </span>
  );
}

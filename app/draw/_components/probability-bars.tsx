import { cn } from "#app/_ui/cn.ts";

/** Ten rows of one height, always there, so that nothing moves but the bars. `probabilities` are 0..1, null for none yet. */
export function ProbabilityBars({
  probabilities,
  best,
  provisional,
}: {
  probabilities: readonly number[] | null;
  best: number | null;
  provisional: boolean;
}) {
  return (
    <table className="w-full" aria-label="Probability of each digit">
      <thead className="sr-only">
        <tr>
          <th scope="col">Digit</th>
          <th scope="col">Bar</th>
          <th scope="col">Probability in percent</th>
        </tr>
      </thead>
      <tbody>
        {DIGITS.map((digit) => {
          const share = probabilities?.[digit] ?? 0;
          return (
            <tr key={digit} className="h-5 md:h-6">
              <th scope="row" className="w-6 text-left font-mono text-base font-medium tabular">
                {digit}
              </th>
              <td>
                <div className="h-3.5 overflow-hidden rounded-sm bg-muted">
                  <div
                    className={cn(
                      "h-full origin-left transition-[transform,opacity] duration-100",
                      digit === best ? "bg-primary" : "bg-muted-foreground",
                      provisional && "opacity-45",
                    )}
                    style={{ transform: `scaleX(${share})` }}
                  />
                </div>
              </td>
              <td
                className={cn(
                  "w-16 text-right text-xs tabular",
                  digit === best && !provisional ? "font-semibold" : "text-muted-foreground",
                )}
              >
                {probabilities ? `${(share * 100).toFixed(1)} %` : "–"}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

import { err, ok, type Result } from '../result.ts';

export type ReadNumber = (text: string) => Result<number, string>;

/** The values of flags that are numbers. An error names the first flag whose value is not valid. */
export function readNumbers<K extends string>(
  readers: Readonly<Record<K, ReadNumber>>,
  flags: Readonly<Partial<Record<NoInfer<K>, readonly string[]>>>,
): Result<Readonly<Partial<Record<K, number>>>, string>;
export function readNumbers(
  readers: Readonly<Record<string, ReadNumber>>,
  flags: Readonly<Record<string, readonly string[] | undefined>>,
): Result<Readonly<Record<string, number>>, string> {
  const numbers: Record<string, number> = {};
  for (const [name, read] of Object.entries(readers)) {
    const text = flags[name]?.[0];
    if (text === undefined) continue;
    const value = read(text);
    if (!value.ok) return err(`--${name}="${text}": ${value.error}`);
    numbers[name] = value.value;
  }
  return ok(numbers);
}

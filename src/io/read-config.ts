import { type ConfigProblem, configProblemText, parseConfig } from '../config/parse-config.ts';
import type { Config } from '../config/schema.ts';
import { err, type Result } from '../result.ts';
import { readOwnFile } from './read-own-file.ts';

/**
 * Reads and checks a configuration file. Each problem is a message with file and line.
 *
 * @param signal ends the wait for the writer of a pipe
 */
export async function readConfig(
  file: string,
  signal?: AbortSignal,
): Promise<Result<Config, readonly string[]>> {
  const text = await readOwnFile(file, signal).catch((error: Error) => error);
  if (text instanceof Error) return err([`${file}: cannot be read: ${text.message}`]);
  const parsed = parseConfig(text);
  if (parsed.ok) return parsed;
  return err(parsed.error.map((problem: ConfigProblem) => configProblemText(file, problem)));
}

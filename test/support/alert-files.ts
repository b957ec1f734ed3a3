import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const alertsUrl = new URL('../../alerts/', import.meta.url);

const ruleSchema = z.strictObject({
  record: z.string().optional(),
  alert: z.string().optional(),
  expr: z.string(),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const groupSchema = z.strictObject({
  name: z.string(),
  interval: z.string(),
  rules: z.array(ruleSchema),
});
const ruleFileSchema = z.strictObject({ groups: z.array(groupSchema) });

const testFileSchema = z.object({
  rule_files: z.array(z.string()),
  group_eval_order: z.array(z.string()).optional(),
  tests: z.array(
    z.object({
      promql_expr_test: z.array(z.object({ expr: z.string(), exp_samples: z.array(z.unknown()) })),
    }),
  ),
});

export type Rule = z.infer<typeof ruleSchema>;

export interface ExprTest {
  readonly expr: string;
  /** Whether any series is expected. */
  readonly expectsSeries: boolean;
}

/** Absolute paths of alerts/*.rules.yml. */
export function ruleFiles(): readonly string[] {
  return filesIn('', '.rules.yml');
}

/** Absolute paths of alerts/tests/*.test.yml. */
export function ruleTestFiles(): readonly string[] {
  return filesIn('tests/', '.test.yml');
}

export function readGroups(): readonly z.infer<typeof groupSchema>[] {
  return ruleFiles().flatMap(groupsIn);
}

function groupsIn(file: string) {
  return ruleFileSchema.parse(parse(readFileSync(file, 'utf8'))).groups;
}

export function readRules(): readonly Rule[] {
  return readGroups().flatMap(({ rules }) => rules);
}

export function readExprTests(): readonly ExprTest[] {
  return ruleTestFiles()
    .flatMap((file) => testFileSchema.parse(parse(readFileSync(file, 'utf8'))).tests)
    .flatMap(({ promql_expr_test }) => promql_expr_test)
    .map(({ expr, exp_samples }) => ({ expr, expectsSeries: exp_samples.length > 0 }));
}

export interface EvaluationOrder {
  readonly file: string;
  /** The groups in the order in which promtool evaluates them. */
  readonly order: readonly string[];
  /** The groups of the rule files that the test names. */
  readonly groups: readonly string[];
}

export function readEvaluationOrders(): readonly EvaluationOrder[] {
  return ruleTestFiles().map((file) => {
    const parsed = testFileSchema.parse(parse(readFileSync(file, 'utf8')));
    const groups = parsed.rule_files.flatMap((name) => groupsIn(join(dirname(file), name)));
    return {
      file: basename(file),
      order: parsed.group_eval_order ?? [],
      groups: groups.map((group) => group.name),
    };
  });
}

/** Absolute path of a file in alerts/. */
export function alertFile(path: string): string {
  return fileURLToPath(new URL(path, alertsUrl));
}

function filesIn(folder: string, suffix: string): readonly string[] {
  return readdirSync(new URL(folder, alertsUrl))
    .filter((name) => name.endsWith(suffix))
    .map((name) => alertFile(folder + name));
}

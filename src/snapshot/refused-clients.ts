/** Why the exporter's own port refused a request or a connection. */
export const refusalReasons = [
  'no_password',
  'password',
  'too_many_failures',
  'busy',
  'rate_limit',
  'certificate',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export type RefusalCounts = Readonly<Record<RefusalReason, number>>;

import * as z from 'zod';
import { path } from './schema-values.ts';

const tls = z.strictObject({
  ca_file: path
    .optional()
    .meta({ description: 'Certificates (PEM) to trust instead of the system’s.' }),
  cert_file: path.optional().meta({ description: 'Client certificate (PEM).' }),
  key_file: path.optional().meta({ description: 'Key of the client certificate (PEM).' }),
  server_name: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Name that the certificate must contain.' }),
  insecure_skip_verify: z.boolean().default(false).meta({
    description:
      'Accept any certificate. An attacker on the network path can then read the credentials.',
  }),
});

const basicAuth = z
  .strictObject({
    username: z.string(),
    password: z.string().optional(),
    password_file: path.optional(),
  })
  .refine(
    ({ password, password_file }) => (password === undefined) !== (password_file === undefined),
    {
      error: 'needs exactly one of password and password_file',
    },
  );

/** How a page is requested. */
export const http = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Host header, for a status page of one virtual host.' }),
    headers: z.record(z.string(), z.string()).default({}),
    basic_auth: basicAuth.optional(),
    bearer_token: z.string().optional(),
    bearer_token_file: path.optional(),
    tls: tls.optional(),
  })
  .refine(
    ({ bearer_token, bearer_token_file }) =>
      bearer_token === undefined || bearer_token_file === undefined,
    {
      error: 'takes only one of bearer_token and bearer_token_file',
    },
  )
  .refine(
    ({ basic_auth, bearer_token, bearer_token_file }) =>
      basic_auth === undefined || (bearer_token ?? bearer_token_file) === undefined,
    { error: 'takes either basic_auth or a bearer token, not both' },
  );

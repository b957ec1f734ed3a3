import { describe, expect, it } from 'vitest';
import {
  checkClientCertificate,
  parseSubjectAltName,
} from '../../src/server/client-certificate.ts';

const verified = { verified: true, subjectAltName: 'DNS:prometheus.example' };
const unverified = { ...verified, verified: false };

describe('checkClientCertificate()', () => {
  const cases = [
    ['NoClientCert', undefined, true],
    ['RequestClientCert', undefined, true],
    ['RequestClientCert', unverified, true],
    ['RequireAnyClientCert', undefined, false],
    ['RequireAnyClientCert', unverified, true],
    ['VerifyClientCertIfGiven', undefined, true],
    ['VerifyClientCertIfGiven', unverified, false],
    ['VerifyClientCertIfGiven', verified, true],
    ['RequireAndVerifyClientCert', undefined, false],
    ['RequireAndVerifyClientCert', unverified, false],
    ['RequireAndVerifyClientCert', verified, true],
  ] as const;

  it.each(cases)('under %s judges %j as Go does', (clientAuthType, presented, accepted) => {
    expect(checkClientCertificate({ clientAuthType }, presented).ok).toBe(accepted);
  });

  const names: readonly (readonly [allowed: string, presented: string, accepted: boolean])[] = [
    ['prometheus.example', 'DNS:a.example, DNS:prometheus.example', true],
    ['prometheus.example', 'DNS:x.prometheus.example', false],
    ['*.example', 'DNS:prometheus.example', false],
    ['10.0.0.1', 'IP Address:10.0.0.1', true],
    ['2001:db8::1', 'IP Address:2001:DB8:0:0:0:0:0:1', true],
    ['ops@example.org', 'email:ops@example.org', true],
    ['spiffe://cluster/prometheus', 'URI:spiffe://cluster/prometheus', true],
    ['prometheus.example', 'DirName:"CN=prometheus.example"', false],
    ['prometheus.example', 'DNS:"evil, DNS:prometheus.example"', false],
    ['prometheus.example', '', false],
  ];

  it.each(names)(
    'allowing %j lets in a client with %j: %j',
    (allowed, subjectAltName, accepted) => {
      const policy = {
        clientAuthType: 'RequireAnyClientCert',
        clientAllowedSans: [allowed],
      } as const;
      expect(checkClientCertificate(policy, { verified: false, subjectAltName }).ok).toBe(accepted);
    },
  );

  it('refuses a client without any name when names are asked for', () => {
    const policy = {
      clientAuthType: 'RequireAndVerifyClientCert',
      clientAllowedSans: ['a'],
    } as const;
    expect(checkClientCertificate(policy, { verified: true }).ok).toBe(false);
  });
});

describe('parseSubjectAltName()', () => {
  it('reads a quoted value as the one name it is', () => {
    expect(parseSubjectAltName('DNS:"a, DNS:b", DNS:c')).toEqual(['a, DNS:b', 'c']);
  });

  it('finds no names in garbage', () => {
    expect(parseSubjectAltName('\u0000,,::"')).toEqual([]);
  });
});

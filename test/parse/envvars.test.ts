import { expect, test } from 'vitest';
import { parseEnvvars } from '../../src/parse/apache-config/envvars.ts';

test('parseEnvvars() reads assignments, the first of each name, and fills in what was assigned before', () => {
  const variables = parseEnvvars(
    [
      'unset HOME',
      'export APACHE_RUN_DIR=/var/run/apache2$SUFFIX',
      'APACHE_PID_FILE="${APACHE_RUN_DIR}/apache2.pid"',
      'export APACHE_RUN_DIR=/elsewhere',
      '  export INDENTED=1',
      'export COMPUTED=$(hostname)',
    ].join('\n'),
  );
  expect([...variables]).toEqual([
    ['APACHE_RUN_DIR', '/var/run/apache2'],
    ['APACHE_PID_FILE', '/var/run/apache2/apache2.pid'],
  ]);
});

test('parseEnvvars() reads the form of the PHP images, with the default of each name', () => {
  const variables = parseEnvvars(
    [
      ': ${APACHE_RUN_USER:=www-data}',
      'export APACHE_RUN_USER',
      ': "${APACHE_LOG_DIR:=/var/log/apache2$SUFFIX}"',
      'export APACHE_PID_FILE=${APACHE_RUN_DIR:-/run}/apache2.pid',
      'LOG="${APACHE_LOG_DIR:-/elsewhere}/access.log"',
      ': ${UNSET##prefix}',
    ].join('\n'),
  );
  expect([...variables]).toEqual([
    ['APACHE_RUN_USER', 'www-data'],
    ['APACHE_LOG_DIR', '/var/log/apache2'],
    ['APACHE_PID_FILE', '/run/apache2.pid'],
    ['LOG', '/var/log/apache2/access.log'],
  ]);
});

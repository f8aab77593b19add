import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { missing } from '../../../../test/support/programs.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { certificateParts } from './certificate.ts';

for (const serial of ['965BDB4766F3F389', '0EBE8B53EED81BE2', '80', '7F', '01', 'FF00'])
  test(`the serial number ${serial} is its bytes, without the zero of its sign`, { skip: missing('openssl') }, (t) => {
    const { path } = new TempDir(t);
    const file = join(path, 'certificate.pem');
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const about = ['-set_serial', `0x${serial}`, '-subj', '/CN=a', '-keyout', join(path, 'key.pem'), '-out', file];
    execFileSync('openssl', [...made, ...about], { stdio: 'ignore' });
    const { raw } = new X509Certificate(readFileSync(file));
    assert.equal(certificateParts(raw)?.serial.toString('hex').toUpperCase(), serial);
  });

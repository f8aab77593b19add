import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_PASSWORD, matchesHash, matchesPlain, readHash } from './password.ts';

function matches(hash: string, password: string): boolean {
  const stored = readHash(hash);
  assert.ok(typeof stored === 'object' && 'kind' in stored, hash);
  return matchesHash(stored, Buffer.from(password).toString('latin1'));
}

/** Made with crypt(3) of libxcrypt 4.4. */
const HASHES: readonly (readonly [password: string, hash: string])[] = [
  ['', '$1$YOct6Psn$B1vTKLVqxKUw8xb8IoZ/j/'],
  ['', '$5$NAHgNm/krUmhl7jF$13qsR580tPhCGFNsAH6RqtxrKY6suDmFqY2Kvrkz60C'],
  ['', '$6$x8GOpGCJNkSwjoBs$aGTUsYdNQKktabYHIKoSP6.MNCgA6cedkhhaoWwXsBFf5/b9chdU6yVvR.jQwnmh2ev9mlugIXU6P5Ao2DZd5/'],
  ['', '$2b$04$WzxP9Qz3wnBcMA5PtnWFbOF/1GZZRJOzabCDcso7Tz4dyJLzXjB1S'],
  ['x', '$1$G7oOsqgO$YQcojpfWsgySJm7Jql7x70'],
  ['x', '$5$jWVcSw24Akjks4.L$q4lwIZS5T/Ag2ABmXHx/dDr74j.dbI4URKg.RoNy5m9'],
  ['x', '$6$KIJhdAomTkhH1ugx$8x3gfjRqfdUD679w8Kd5gvVI3.7MT/oUBFCN7ny.WLLNR69NXsi4wR5xqnc9/pPFq.sYRE/HrrWmDEtM4k/fF.'],
  ['x', '$2b$04$Sx1EshYZ85G2nUsO8bRjn.SsXifKJZjcAVgn6D8uORkl41SlVvl06'],
  ['pässwörd', '$1$/Pkc.Li2$8z5VOiWzw.zfq.e5VTm4Z.'],
  ['pässwörd', '$5$MmyBe3WPhHtb8Gl/$R4068y9Sd4d708nM1DcEISV4m2XV.HrN5z1kofRouzD'],
  [
    'pässwörd',
    '$6$ejHsmyxY7yjFv6QA$B0PCVVNkveu6NbSH2TThFZb6iQFRE6LyoWXkRhpOzRzY7uZ2dtCAezeKWQrYpbiEhROBJCi1/sfOcejjwr.Fq.',
  ],
  ['pässwörd', '$2b$04$lLGOcCtrgEvDSgv/GSTJ2uroLjrUhD77Z89ggIfkME1VF5icvIs8O'],
  ['a'.repeat(16), '$1$uY1jv3tx$VKNfXLFPScjLZXX20xKOA.'],
  ['a'.repeat(16), '$5$5qjt.bYRheiqeqjI$.ZHqscrNMjEPLtmHNFdD3ANnzsi9h1sWopEEkqfplk7'],
  [
    'a'.repeat(16),
    '$6$teUBzppi0wP2ppp2$pVapM4rF1r/jm2wr8YkOZR050Fkl4KClGSo5WPklkJci8e/a73A9fMchtbuHLjh6sGzLQVxDXapLc.99pneoY1',
  ],
  ['a'.repeat(16), '$2b$04$YLsso7AuTmEPcRC6pEzkKOESsVt2OBFBitWbIvlNrP8EVmdmDINIq'],
  ['b'.repeat(33), '$1$nOAO0bAs$SH3Ty2l8M2fLAwBZhFQan.'],
  ['b'.repeat(33), '$5$EuzGcZvU09kdCB6B$hNKAgmmNEkzXs3K4L50J7P6/VbtkXqM417VeUdZSDu9'],
  [
    'b'.repeat(33),
    '$6$jeP/7Ir0w8Sh2y1b$GqRH0NklEAoX80mIlRPklmUI9ocKZj.8FY89comLZN5ybJoHDMay7N/1dpklNHjK5VouriC5FzV0gxvG2R1bj0',
  ],
  ['b'.repeat(33), '$2b$04$NT91SgGpjoJ53kZMjH7JPeKD2VKs6nvr4n8FrFVz/dIQCHIYNaoJC'],
  ['c'.repeat(64), '$1$9HfoFnu.$IzpQqp8mZe0k6fMI6c2Xd1'],
  ['c'.repeat(64), '$5$yFM4osyjd2.2ISER$P06lZfOXuq2AtdkabkEpAhstCxhRcNz7MWjXprS3Rz7'],
  [
    'c'.repeat(64),
    '$6$RxJfIasTyyVZ4t/h$HwUj.yvr4LHjBJ8EfTpT6w3MzhdVU.UaPeRsQltd97Z5asdgS09vlCuWhQ8c6juYmfl9fqbCBkM2wtA7CR2iL1',
  ],
  ['c'.repeat(64), '$2b$04$BEChz51P4dExRUR.4ECmFOpG/Va8C9my2TUn9nJvWG9iQAVBU439W'],
  ['d'.repeat(72), '$1$HWFvpy4g$oPD1Ct1.J6ZN6J9w5hwDa1'],
  ['d'.repeat(72), '$5$ahOXD9Xt5CHswkbB$ygxaSDa4LkqqV4LnZbKMaFUm1u53qsyZCDmvqmg4ro9'],
  [
    'd'.repeat(72),
    '$6$9zQvPdRg5jMwgUQp$MRE6MxgMqZ9.X8PJyMhXfT0S15EfGoXh2hj6Br6E/XEAJIuBu3nkYVducY2KnkdQYmof37Y8k3J4eigD2629B/',
  ],
  ['d'.repeat(72), '$2b$04$EaUdZ/OZHfqCYRjIMWlWsu1QJW8rmrcyZtJBEBVnnXyWO2m1YlWGm'],
  ['d'.repeat(73), '$1$O.9QJ.2q$b3EHcfbmmcGxYVR4a2g.Q0'],
  ['d'.repeat(73), '$5$5DbCNbsvaUxaaZok$8htxqpx3G79Iz7LG46cw1xM92fpWop/8aIz/qfqfIO7'],
  [
    'd'.repeat(73),
    '$6$BgZzE9ms/Wmf2iWT$aLMUWAtS3fP7ZR.GJ0aqg3hdTg3jfy8mOHWjWUwAtaA/EfHISYv10ZtadG1KMEnCnyen6sD98cUBK1F06j6fy.',
  ],
  ['d'.repeat(73), '$2b$04$DAf8NXfWfXRUDdq.vGuF4ewwQk48UNuC.Ua9x7DQBQfN5mjcOxuqy'],
  ['f'.repeat(200), '$1$Hk6HLHBV$ZpJV1vZRRedmZU.sx.Go20'],
  ['f'.repeat(200), '$5$jCwh36PDM2GYrHuK$bRaMS8ZoUVeNJcIHwST9y3D7qRt1iXi10czUec3ekiC'],
  [
    'f'.repeat(200),
    '$6$7wfMWrAL1XfdQjQ4$uLyFc1v2X3meIcYbDAPDvMl38da7fLZAnXliS7Zt1XKmXvRyyDojcI0EmbIdUBt4gHHeRZlTh9/9uWuVo4/Rv0',
  ],
  ['f'.repeat(200), '$2b$04$F/K3IA.z.oyoYb5hPZNuRuULK2hTPn4zufBn2e/qFxqrQSR/UobDC'],
  ['x', '$6$rounds=1000$ab$PjG1Vkf5LHNL84dByLtuSYjVz6Hy575FC7tz8wX4DtJ2WMsZQu0/miZCNEiAa8uwa8QG5xPQJgcyUioQ0Ac/G/'],
  ['x', '$5$rounds=12345$abcdefghijklmnop$vg133nps3j32.q3V0Bj35d.btEjTLBimgj4ZEX/54N5'],
  ['x', '$1$$LP5.V3ajGqHDdXW6XwZQy.'],
  ['x', '$6$$KvRrc0bxRLyTUhO8OJOmRczh7oCol5BACiR8rmdfVzvuGgm8JmLDumsL/ah.jFtT.DswxoP9Nv3ByfU4j5hm/0'],
  ['x', '$2a$05$abcdefghijklmnopqrstuuhKF09ZYWwH2zP/0fwE1X8e/Q1YNx/hO'],
  ['x', '$2y$06$abcdefghijklmnopqrstuu6UU9xzVsCmnpwOtAmb83C8f/bD4EL9K'],
];

test('a password matches the hash that crypt(3) made of it, and no other', () => {
  for (const [password, hash] of HASHES) {
    assert.equal(matches(hash, password), true, hash);
    assert.equal(matches(hash, `x${password}`), false, hash);
  }
});

test('bcrypt looks at the first 72 bytes, and a password ends at a zero byte, as in crypt(3)', () => {
  const long = HASHES.find(([password, hash]) => password.length === 72 && hash.startsWith('$2'));
  assert.equal(matches(long?.[1] ?? '', `${'d'.repeat(72)}more`), true);
  const short = HASHES.find(([password]) => password === 'x');
  assert.equal(matches(short?.[1] ?? '', 'x\0y'), true);
});

test('a password longer than crypt(3) takes is never right, at no cost', () => {
  const [, hash] = HASHES.find(([, one]) => one.startsWith('$6$')) ?? ['', ''];
  const before = performance.now();
  assert.equal(matches(hash, 'x'.repeat(MAX_PASSWORD + 1)), false);
  assert.ok(performance.now() - before < 5);
});

test('plain passwords are compared as they are', () => {
  assert.equal(matchesPlain({ kind: 'plain', text: 'pw a' }, 'pw a'), true);
  assert.equal(matchesPlain({ kind: 'plain', text: 'pw a' }, 'pw'), false);
  assert.equal(matchesPlain({ kind: 'plain', text: '' }, ''), true);
});

test('what is no hash matches nothing, and a form we do not have is named', () => {
  for (const text of ['', 'secret', '*', '!', '$6$', '$6$abc$short', '$2b$05$short', '$1$toolongsalt$x', '$9$a$b'])
    assert.equal(readHash(text), 'never', text);
  const cases: readonly (readonly [hash: string, problem: RegExp])[] = [
    ['$y$j9T$abc$x', /^yescrypt is not supported; make one/],
    ['$7$CU..../....abc$x', /^scrypt/],
    ['abiQ6Ep3EYTHc', /^DES crypt/],
    [`$2x$05$${'a'.repeat(53)}`, /^an early, flawed form of bcrypt/],
    [`$2b$16$${'a'.repeat(53)}`, /^cost 16 would take seconds/],
    [`$6$rounds=1000001$ab$${'a'.repeat(86)}`, /^1000001 rounds would take seconds/],
  ];
  for (const [hash, problem] of cases) {
    const read = readHash(hash);
    assert.ok(typeof read === 'object' && 'problem' in read, hash);
    assert.match(read.problem, problem);
  }
});

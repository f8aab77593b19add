/**
 * Format strings (HAProxy's log-format, configuration manual §8.2.4): text, `%[expression]`, aliases such as `%ci`, flags such as
 * `%{+Q}r`.
 */
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Captures } from '../model/captures.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Read } from '../model/values.ts';
import { aliases, unsupportedAliases } from './aliases.ts';
import { compileCalls, textValue, within } from './expression.ts';
import type { ExpressionContext } from './expression.ts';
import { parseExpression } from './parse.ts';
import { checkPhase } from './phase.ts';
import { shown } from './shown.ts';
import type { Flags, FormatOptions } from './shown.ts';
import { bytesOf } from './value.ts';

/** A compiled format string: what it depends on, and the text it renders. */
export interface Format {
  readonly text: string;
  readonly reads: readonly Read[];
  /** The text when it does not depend on a request: most headers are constant. */
  readonly constant: string | undefined;
  readonly render: (on: Evaluation) => string;
}

type Part = string | ((on: Evaluation) => string);

/** Which sides of an exchange have capture slots. */
type Shown = Readonly<Record<'request' | 'response', boolean>>;

/** Compiles a format string; undefined after a problem, which is reported at its place in the word. */
export function compileFormat(
  word: Word,
  context: ExpressionContext,
  options: FormatOptions = { dash: false, http: true },
): Format | undefined {
  const bare = compileOnce(word, context, options, { request: false, response: false });
  if (bare === undefined || !bare.reads.includes('captures')) return bare;
  // Captures that are not there leave no blank behind in a log line, so the text around them depends on the frontend.
  const forms = new Map<string, Format | undefined>();
  const formFor = ({ request, response }: Captures): Format => {
    const key = `${request.length > 0} ${response.length > 0}`;
    if (!forms.has(key))
      forms.set(
        key,
        compileOnce(word, context, options, { request: request.length > 0, response: response.length > 0 }),
      );
    return forms.get(key) ?? bare;
  };
  const render: Format['render'] = (on) => (on.captures === undefined ? bare : formFor(on.captures.slots)).render(on);
  return { ...bare, constant: undefined, render };
}

function compileOnce(word: Word, context: ExpressionContext, options: FormatOptions, slots: Shown): Format | undefined {
  const { problems } = context;
  const { text } = word;
  const parts: Part[] = [];
  const reads = new Set<Read>();
  let defaults: Flags = { quote: false, hex: false, escape: false };
  let sound = true;
  let behindBlank = true;
  const complain = (offset: number, message: string, suggestion?: string): void => {
    sound = false;
    problems.error(within(word, offset), message, suggestion);
  };
  for (let at = 0; at < text.length;) {
    const percent = text.indexOf('%', at);
    if (percent < 0 || percent > at) {
      // As in HAProxy blanks side by side are one in logs, and none is in front.
      const part = bytesOf(text.slice(at, percent < 0 ? undefined : percent));
      const merged = options.dash ? part.replace(/[ \t]+/g, ' ') : part;
      parts.push(options.dash && behindBlank && merged.startsWith(' ') ? merged.slice(1) : merged);
      behindBlank = merged.endsWith(' ');
      if (percent < 0) break;
    }
    at = percent + 1;
    if (text[at] === '%') {
      parts.push('%');
      behindBlank = false;
      at += 1;
      continue;
    }
    let flags = defaults;
    const flagged = /^\{([^}]*)\}/.exec(text.slice(at));
    if (flagged !== null) {
      const read = readFlags(flagged[1] ?? '', defaults);
      if (read === undefined) complain(at, `'${flagged[0]}' has flags other than +Q, -Q, +X, -X, +E and -E`);
      else flags = read;
      at += flagged[0].length;
    }
    if (text[at] === '[') {
      behindBlank = false;
      const parsed = parseExpression(text, at + 1);
      if ('problem' in parsed) {
        complain(parsed.offset, parsed.problem);
        break;
      }
      if (text[parsed.end] !== ']') {
        complain(parsed.end, "missing ']' after the sample expression");
        break;
      }
      const expression = compileCalls(
        text.slice(at + 1, parsed.end),
        parsed.calls,
        (offset) => within(word, offset),
        context,
      );
      if (expression === undefined) sound = false;
      else {
        for (const read of expression.reads) reads.add(read);
        const value = textValue(expression);
        // As in HAProxy, +Q quotes expressions in logs only; aliases everywhere.
        const applied = options.http ? { ...flags, quote: false } : flags;
        parts.push((on) => shown(value(on), applied, options));
      }
      at = parsed.end + 1;
      continue;
    }
    const name = /^[A-Za-z]+/.exec(text.slice(at))?.[0] ?? '';
    if (name === 'o') {
      // `%{+Q}o`: flags for all that follows.
      defaults = flags;
      at += 1;
      continue;
    }
    const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    if (alias === undefined) {
      const hint = Object.hasOwn(unsupportedAliases, name) ? unsupportedAliases[name] : undefined;
      if (hint !== undefined) complain(percent, `not supported: format alias '%${name}'; ${hint}`);
      else complain(percent, `unknown format alias '%${name}'; write %% for a percent sign`, near(name));
      at += Math.max(1, name.length);
      continue;
    }
    for (const read of alias.reads) reads.add(read);
    if (alias.captures !== undefined && !slots[alias.captures]) {
      at += name.length;
      continue;
    }
    behindBlank = false;
    const about = { text: `%${name}`, reads: alias.reads };
    if (context.phase !== undefined && !checkPhase(about, context.phase, within(word, percent), problems))
      sound = false;
    const { write } = alias;
    const applied = alias.bare === true ? { ...flags, quote: false } : flags;
    if (write !== undefined) parts.push((on) => write(on, applied, options));
    else
      parts.push((on) => {
        const value = alias.value(on, applied);
        if (value === '' && !applied.quote) return '';
        return typeof value === 'number' ? String(value) : shown(value, applied, options);
      });
    at += name.length;
  }
  if (!sound) return undefined;
  const merged = merge(parts);
  const [only = ''] = merged;
  const constant = merged.length <= 1 && typeof only === 'string' ? only : undefined;
  return { text, reads: [...reads], constant, render: renderer(merged) };
}

function near(name: string): string | undefined {
  const found = nearest(name, Object.keys(aliases));
  return found === undefined ? undefined : `%${found}`;
}

function readFlags(text: string, defaults: Flags): Flags | undefined {
  let flags = defaults;
  for (const part of text.split(',')) {
    const on = part.startsWith('+');
    if (!/^[+-][QXE]$/.test(part)) return undefined;
    if (part.endsWith('Q')) flags = { ...flags, quote: on };
    else if (part.endsWith('X')) flags = { ...flags, hex: on };
    else flags = { ...flags, escape: on };
  }
  return flags;
}

/** Merges adjacent texts. */
function merge(parts: readonly Part[]): readonly Part[] {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  return merged;
}

function renderer(parts: readonly Part[]): Format['render'] {
  const [only] = parts;
  if (only === undefined) return () => '';
  if (parts.length === 1) return typeof only === 'string' ? () => only : only;
  return (on) => {
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(on);
    return text;
  };
}

import { nearest } from '@headgate/shared/config/suggest';
import { errorAnswer } from '../../http/error-answers.ts';
import type { RequestOutcome } from '../../model/snapshot.ts';
import { conditionOf, editing } from '../action.ts';
import type { Action, CompiledAction } from '../action.ts';
import { normalizers } from '../normalize.ts';

/** `strict`: a percent sign that encodes nothing makes a malformed request. */
const MALFORMED: RequestOutcome = { kind: 'respond', answer: errorAnswer(400), state: 'P' };

/** `normalize-uri NORMALIZER [full|strict]`: one of the ways in which two targets that mean the same become equal. */
export const normalizeUri: Action = {
  compile(keyword, words, context) {
    const { problems } = context;
    const [name, option] = words;
    const known = Object.keys(normalizers);
    const normalizer = name !== undefined && Object.hasOwn(normalizers, name.text) ? normalizers[name.text] : undefined;
    if (name === undefined || normalizer === undefined) {
      const wrong = name === undefined ? `'${keyword.text}' needs` : `unknown normalizer '${name.text}':`;
      problems.error((name ?? keyword).at, `${wrong} one of ${known.join(', ')}`, nearest(name?.text ?? '', known));
      return undefined;
    }
    const optional = option !== undefined && option.text !== 'if' && option.text !== 'unless';
    if (optional && option.text !== normalizer.option) {
      problems.error(
        option.at,
        `'${name.text}' has ${normalizer.option === undefined ? 'no option' : `the option '${normalizer.option}'`}`,
      );
      return undefined;
    }
    const condition = conditionOf(keyword, words.slice(optional ? 2 : 1), context);
    if (condition === undefined) return undefined;
    const edit = editing(context.phase, (edits, on) => {
      const { target } = on.request;
      const normal = normalizer.apply(target, optional) ?? target;
      return normal === target || edits.setTarget(normal);
    });
    const act: CompiledAction['act'] = (on) =>
      optional && normalizer.apply(on.request.target, true) === undefined ? MALFORMED : edit(on);
    return { act, reads: ['target'], condition };
  },
};

// The changes that `macros.mjs` makes in Rust's text: in macros, in calls of macros that are items, and in `unsafe fn`s. They
// are made token by token, for what a macro's body means is known only where it is expanded.

const TOKEN =
  /(?<space>\s+|\/\/[^\n]*)|(?<string>[bc]?"(?:\\.|[^"\\])*")|(?<char>b?'(?:\\[^']+|[^'\\])')|(?<number>\d\w*(?:\.\d+)?)|(?<word>(?:r#|')?\w+)|(?<mark>\.\.=|\.\.|->|=>|::|==|!=|<=|>=|&&|\|\||<<|>>|.)/gsuy;
const OPERATORS = {
  '==': '!=', '!=': '==', '<': '>=', '>': '<=', '<=': '>', '>=': '<', '&&': '||', '||': '&&',
  '+': '-', '-': '+', '*': '/', '/': '*', '%': '/', '<<': '>>', '|': '&', '&': '|',
};

/** The tokens of Rust's text: each with the group that it is in, and that with where it closes. */
function tokens(text) {
  const found = [];
  const open = [];
  for (const match of text.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups).find(([, value]) => value !== undefined);
    if (kind === 'space') continue;
    if (')]}'.includes(match[0])) found[open.pop()].close = found.length;
    const within = found[open.at(-1)];
    found.push({ kind, within, text: match[0], start: match.index, end: match.index + match[0].length });
    if ('([{'.includes(match[0])) open.push(found.length - 1);
  }
  return found;
}

/** Every change of a text: from where to where, to what, and what that is. */
export function changes(text) {
  const all = tokens(text);
  const is = (at, ...words) => words.every((word, index) => all[at + index]?.text === word);
  const found = [];
  const between = (from, to) => text.slice(all[from].start, all[to].end);
  const change = (from, to, by, what = `${between(from, to)} -> ${by}`) =>
    found.push({ start: all[from].start, end: all[to].end, by, what });
  const drop = (from, to) => change(from, to, '', `without ${between(from, to).replace(/\s+/gu, ' ').slice(0, 60)}`);

  /** The end of a statement that starts here, if it can be left out. */
  const statement = (at) => {
    const end = all[at].within.close;
    if (is(at, '$', 'crate', '::') && is(at + 4, '!') && all[at + 5].close) {
      const to = all[at + 5].close;
      if (!(is(at - 1, '{') && to + 1 === end) && !is(to + 1, ';') && !is(to + 1, ',')) return to;
    }
    if (/^(let|use|static|type|pub|else|impl|fn|if|for|while|loop|match|[^\w$*({<:'"])/u.test(all[at].text)) return undefined;
    if (is(at, 'const') && !is(at + 1, '_')) return undefined;
    for (let to = at; to < end; to = (all[to].close ?? to) + 1) {
      // What is alone in an arm is left out with the arm.
      if (is(to, ';')) return is(at - 2, '=>', '{') && to + 1 === end ? undefined : to;
    }
    return undefined;
  };

  /** Changes what is between two tokens. In a matcher, only what may be left out is. */
  const visit = (from, end, matcher) => {
    for (let at = from; at < end; at += 1) {
      const { text: word } = all[at];
      if (is(at, '#', '[')) {
        const after = all[at + 1].close;
        if (/^(cfg|unsafe|link)$/u.test(all[at + 2].text)) literals(at + 2, after);
        at = after;
      } else if (is(at, '$', '(')) {
        const to = all[at + 1].close;
        const sign = /^[*+?]$/u.test(all[to + 1].text) ? to + 1 : to + 2;
        const nested = is(at + 2, '$', '(') && all[at + 3].close + 2 === to;
        const argument = is(at - 2, '!', '{') && all[at - 1].close === sign + 1;
        if (matcher ? !between(at + 1, to).includes('$') : !nested && !argument) drop(at, sign);
        visit(at + 2, to, matcher);
        at = sign;
      } else if (!matcher) {
        const spaced = /\s/u.test(text[all[at].start - 1]) && /\s/u.test(text[all[at].end]);
        if (spaced && OPERATORS[word] && !is(at - 1, 'move')) change(at, at, OPERATORS[word]);
        if (is(at, '!') && all[at - 1].kind !== 'word' && !is(at - 1, '->')) drop(at, at);
        if (is(at, 'if') && !is(at + 1, 'let')) {
          let to = at + 1;
          while (is(to, 'unsafe') || (!is(to + 1, '{') && !is(to + 1, '=>'))) to = (all[to + 1].close ?? to + 1);
          change(at + 1, to, 'true');
          change(at + 1, to, 'false');
        }
        // Of a row of `value!`, generics in braces are no statement before its type.
        const generics = is(at - 1, '}') && is(all.indexOf(all[at - 2].within) - 1, ';');
        if ((/^[{};]$/u.test(all[at - 1].text) && !generics) || is(at - 2, '$', '(')) {
          const to = statement(at);
          if (to !== undefined) drop(at, to);
        }
        literals(at, at + 1);
      }
    }
  };

  const literals = (from, end) => {
    for (let at = from; at < end; at += 1) {
      const { kind, text: word } = all[at];
      if (kind === 'string' && word !== '"C"') change(at, at, word.endsWith('""') ? word.replace('""', '"x"') : word.replace(/".*"/su, '""'));
      if (kind === 'char') change(at, at, word.replace(/'.*'/su, word.includes('~') ? "'x'" : "'~'"));
      if (kind === 'number' && /^\d+$/u.test(word) && !is(at - 1, '.')) change(at, at, word === '1' ? '0' : `${BigInt(word) + 1n}`);
      if (word === 'true' || word === 'false') change(at, at, word === 'true' ? 'false' : 'true');
    }
  };

  for (let at = 0; at < all.length; at += 1) {
    if (is(at, 'macro_rules', '!')) {
      const end = all[at + 3].close;
      for (let arm = at + 4; arm < end; ) {
        const body = all[arm].close + 2;
        const next = all[body].close + (is(all[body].close + 1, ';') ? 2 : 1);
        if (arm !== at + 4 || next < end) drop(arm, next - 1);
        visit(arm + 1, all[arm].close, true);
        visit(body + 1, all[body].close, false);
        arm = next;
      }
      at = end;
    } else if (all[at].kind === 'word' && is(at + 1, '!') && (is(at + 2, '{') || is(at + 2, '(')) && /\n$/u.test(text.slice(0, all[at].start))) {
      // An item that is a macro's call.
      visit(at + 3, all[at + 2].close, false);
      at = all[at + 2].close;
    } else if (is(at, 'unsafe', 'fn')) {
      let body = at;
      while (!is(body, '{') && !is(body, ';')) body = (all[body].close ?? body) + 1;
      if (is(body, '{')) visit(body + 1, all[body].close, false);
      at = all[body].close ?? body;
    }
  }
  const same = (one) => (other) => other.start === one.start && other.end === one.end && other.by === one.by;
  return found.filter((one, index) => found.findIndex(same(one)) === index);
}

/**
 * `work` after what was asked before has ended, however that was: two at a time would hinder each other, or redo what
 * the other does.
 */
export function oneAtATime<Q extends readonly unknown[], A>(
  work: (...question: Q) => Promise<A>,
): (...question: Q) => Promise<A> {
  let last: Promise<unknown> = Promise.resolve();
  return (...question) => {
    const answer = last.then(() => work(...question));
    last = answer.catch(() => {}); // told to whoever asked
    return answer;
  };
}

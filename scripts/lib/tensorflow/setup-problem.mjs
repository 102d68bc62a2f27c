/** Why TensorFlow cannot be set up in some way, and what the user can do about it. */
export class SetupProblem extends Error {
  /** @override */
  name = 'SetupProblem';

  /**
   * @param {string} reason one sentence
   * @param {string} advice one sentence
   */
  constructor(reason, advice) {
    super(reason);
    this.advice = advice;
  }
}

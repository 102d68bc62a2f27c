const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** Every how many positions a number can stand, when each needs `need` pixels and columns have `column`. */
export function positionStep(column: number, need: number): number {
  return STEPS.find((step) => step * column >= need) ?? 1000;
}

import type { Linter } from 'eslint';

export interface Wall {
  readonly packages: readonly string[];
  readonly homes: readonly string[];
}
export const walls: Readonly<Record<string, Wall>>;
export const boundaryConfigs: Linter.Config[];

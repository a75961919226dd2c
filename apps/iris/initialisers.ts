import {
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normalInit,
  orthogonalInit,
  sparseInit,
  truncatedNormalInit,
  uniformInit,
  xavierNormal,
  xavierUniform,
  zerosInit,
} from "@gradus/layers";

/** The initialisers of weights by the names that `--init` takes. */
export const INITIALISERS = {
  xavier_uniform: xavierUniform,
  xavier_normal: xavierNormal,
  he_uniform: heUniform,
  he_normal: heNormal,
  lecun_uniform: lecunUniform,
  lecun_normal: lecunNormal,
  uniform: uniformInit,
  normal: normalInit,
  truncated_normal: truncatedNormalInit,
  orthogonal: orthogonalInit,
  sparse: sparseInit,
  zeros: zerosInit,
} satisfies Record<string, () => Initializer>;

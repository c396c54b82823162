// SPDX-License-Identifier: MIT
// 3 what?
// expect: invalid operands|no match for
#include <trimtab/core/basis_points.hpp>

double cost(trimtab::basis_points fee, double impact) {
#ifdef TRIMTAB_BAD
  return impact + fee;
#else
  return impact + fee.fraction();
#endif
}

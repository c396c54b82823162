// SPDX-License-Identifier: MIT
// expect: cannot convert|no (known|viable) conversion
#include <trimtab/core/basis_points.hpp>

double fee(trimtab::basis_points b) {
#ifdef TRIMTAB_BAD
  const double share = b;
#else
  const double share = b.fraction();
#endif
  return share;
}

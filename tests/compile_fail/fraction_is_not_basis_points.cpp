// SPDX-License-Identifier: MIT
// 0.003 and 30 basis points are the same fee, and 0.003 basis points are not.
// expect: no (known|viable) conversion|could not convert|cannot convert|conversion from
#include <trimtab/core/basis_points.hpp>

trimtab::basis_points fee() {
#ifdef TRIMTAB_BAD
  return 0.003;
#else
  return trimtab::to_basis_points(0.003);
#endif
}

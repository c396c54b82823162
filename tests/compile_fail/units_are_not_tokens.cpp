// SPDX-License-Identifier: MIT
// Smallest units become whole tokens only with their decimals.
// expect: cannot convert|no (known|viable) conversion
#include <trimtab/core/units.hpp>

double tokens(trimtab::units u) {
#ifdef TRIMTAB_BAD
  const double t = u;
#else
  const double t = u.to_tokens(18);
#endif
  return t;
}

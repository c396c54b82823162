// SPDX-License-Identifier: MIT
// Prices in integers would divide with truncation.
// expect: (no matching function|constraints not satisfied|no match)
#include <trimtab/health/health_factor.hpp>

double health() {
#ifdef TRIMTAB_BAD
  return trimtab::health_factor(5, 4);
#else
  return trimtab::health_factor(5.0, 4.0);
#endif
}

// SPDX-License-Identifier: MIT
// A form in double is not read with prices in float.
// expect: no matching function
#include <trimtab/health.hpp>

double health(const trimtab::form<double>& f) {
#ifdef TRIMTAB_BAD
  const float quoted[] = {2000.0F, 1.0F};
  return trimtab::health_factor(f, trimtab::oracle_prices<float>(quoted));
#else
  const double quoted[] = {2000.0, 1.0};
  return trimtab::health_factor(f, trimtab::oracle_prices<double>(quoted));
#endif
}

// SPDX-License-Identifier: MIT
// Calling an array "oracle prices" is a claim that somebody makes by name.
// expect: no matching function|could not convert|no (known|viable) conversion
#include <trimtab/health.hpp>

double health(const trimtab::form<>& f) {
  const double quoted[] = {2000.0, 1.0};
#ifdef TRIMTAB_BAD
  return trimtab::health_factor(f, quoted);
#else
  return trimtab::health_factor(f, trimtab::oracle_prices<double>(quoted));
#endif
}

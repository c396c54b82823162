// SPDX-License-Identifier: MIT
// A form reads an array of oracle prices, not an array of what venues would pay.
// expect: no matching|could not convert|no (known|viable) conversion
#include <trimtab/health.hpp>

double health(const trimtab::form<>& f) {
#ifdef TRIMTAB_BAD
  const trimtab::executable_price<double> quoted[] = {{2000.0}, {1.0}};
#else
  const double quoted[] = {2000.0, 1.0};
#endif
  return trimtab::health_factor(f, trimtab::oracle_prices<double>(quoted));
}

// SPDX-License-Identifier: MIT
// Health is judged on oracle prices; what a venue would pay is no such thing.
// expect: no (known|viable) conversion|could not convert|no matching function|cannot convert|conversion from
#include <trimtab/health.hpp>

trimtab::oracle_price<double> mark() {
#ifdef TRIMTAB_BAD
  return trimtab::executable_price<double>{2000.0};
#else
  return trimtab::oracle_price<double>{2000.0};
#endif
}

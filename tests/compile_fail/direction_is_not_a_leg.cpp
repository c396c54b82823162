// SPDX-License-Identifier: MIT
// Which way health goes is not which side of a trade an asset is on.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable|cannot initialize
#include <trimtab/oracle.hpp>
#include <trimtab/trigger.hpp>

double fair(const trimtab::quote& q) {
#ifdef TRIMTAB_BAD
  return trimtab::fair_price(q, trimtab::trust::ok, trimtab::direction::deleverage);
#else
  return trimtab::fair_price(q, trimtab::trust::ok, trimtab::leg::sold);
#endif
}

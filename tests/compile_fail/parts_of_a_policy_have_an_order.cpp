// SPDX-License-Identifier: MIT
// A sizer where the trigger belongs is no policy.
// expect: constraint|not satisfied|no viable|no matching|deduction
#include <trimtab/trimtab.hpp>

bool sound(const trimtab::health::morpho_blue& market) {
  using namespace trimtab;
#ifdef TRIMTAB_BAD
  const policy p{market, oracle::max_age{}, sizing::restore_target{}, trigger::drift_band{}};
#else
  const policy p{market, oracle::max_age{}, trigger::drift_band{}, sizing::restore_target{}};
#endif
  return p.trigger.validate() == errc::ok;
}

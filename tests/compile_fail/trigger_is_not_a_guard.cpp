// SPDX-License-Identifier: MIT
// expect: (constraint|not satisfied|no viable|no matching|deduction)
#include <trimtab/oracle.hpp>
#include <trimtab/trigger.hpp>

bool sound() {
#ifdef TRIMTAB_BAD
  const trimtab::oracle::all_of guards{trimtab::oracle::max_age{}, trimtab::trigger::cooldown{}};
#else
  const trimtab::oracle::all_of guards{trimtab::oracle::max_age{}, trimtab::oracle::max_deviation{}};
#endif
  return guards.validate() == trimtab::errc::ok;
}

// SPDX-License-Identifier: MIT
// Health is a ratio: 1.25, not 125 %.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/trigger.hpp>

trimtab::trigger::drift_band band() {
  using namespace trimtab::literals;
#ifdef TRIMTAB_BAD
  return {.lower = 1.15, .target = 12500_bps};
#else
  return {.lower = 1.15, .target = 1.25};
#endif
}

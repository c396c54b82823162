// SPDX-License-Identifier: MIT
// expect: no (known|viable) conversion|could not convert|cannot convert|conversion from
#include <trimtab/trigger.hpp>

trimtab::trigger::cooldown wait() {
#ifdef TRIMTAB_BAD
  return {.wait = std::chrono::milliseconds{1500}};
#else
  return {.wait = std::chrono::minutes{10}};
#endif
}

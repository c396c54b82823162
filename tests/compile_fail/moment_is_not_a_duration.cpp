// SPDX-License-Identifier: MIT
// A wait is so many seconds, not a point in time.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/trigger.hpp>

trimtab::trigger::cooldown wait(trimtab::timestamp last) {
#ifdef TRIMTAB_BAD
  return {.wait = last};
#else
  static_cast<void>(last);
  return {.wait = trimtab::seconds{600}};
#endif
}

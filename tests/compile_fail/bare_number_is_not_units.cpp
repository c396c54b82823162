// SPDX-License-Identifier: MIT
// 1000000 of what?
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/core/units.hpp>

trimtab::units amount() {
#ifdef TRIMTAB_BAD
  return 1000000;
#else
  return trimtab::units{1000000};
#endif
}

// SPDX-License-Identifier: MIT
// A result may be a refusal: its value has to be asked for.
// expect: no (known|viable) conversion|could not convert|cannot convert|conversion from
#include <trimtab/core/units.hpp>

trimtab::units amount() {
#ifdef TRIMTAB_BAD
  return trimtab::units::floor(1.5, 6);
#else
  return *trimtab::units::floor(1.5, 6);
#endif
}
